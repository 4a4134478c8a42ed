import type { Variables } from '../../src/config';
import { ConfigError } from '../../src/errors';
import { findEnvironmentIfAny } from '../../src/twilio/environments';
import { credentialVariables, syncVariables } from '../../src/variables';
import { connectServerless } from '../account';
import { targetWords } from '../options';
import type { DeployTarget } from './restore';

/** What Twilio gives a Function itself. */
const OF_TWILIO = ['SERVICE_SID', 'ENVIRONMENT_SID', 'ACCOUNT_SID', 'AUTH_TOKEN'];

const NAMES: readonly string[] = [
  ...Object.keys(syncVariables()),
  ...Object.keys(credentialVariables),
  'OPERATOR_NUMBER',
].filter((name) => !OF_TWILIO.includes(name));

/**
 * Refuses variables of the environment that the file does not set. The toolkit sets those of the file
 * and removes none, so that what was taken out of the file, or emptied, would stay in force.
 *
 * @param variables those of the file
 * @param env the file
 * @throws {ConfigError} naming them
 * @throws {TwilioApiError} when Twilio refuses
 */
export async function refuseStaleVariables(
  target: DeployTarget,
  variables: Variables,
  env: string,
): Promise<void> {
  const twilio = connectServerless(target.account, target.service);
  const environment = await findEnvironmentIfAny(twilio, target);
  if (environment === undefined) return;
  const stale = (await twilio.variableNames(environment.sid)).filter(
    (name) => NAMES.includes(name) && !variables[name],
  );
  if (stale.length === 0) return;
  const words = targetWords(target.environment, env);
  throw new ConfigError(
    [
      `On Twilio are variables that ${env} does not set, and a deploy removes none: ${stale.join(', ')}.`,
      `Set them in ${env}, or remove them:`,
      ...stale.map((name) => `  npx twilio-run env unset --key ${name} ${words}`),
    ].join('\n'),
  );
}
