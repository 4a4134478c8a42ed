import {
  type Account,
  type Config,
  ignoredVariables,
  type OptionalVariable,
  type Variables,
} from '../../src/config';
import { ConfigError } from '../../src/errors';
import { ADMIN_SECRET_CHARACTERS } from '../../src/limits';
import { checkTarget, DEFAULTS, GuardError } from '../../src/sync';
import { findEnvironmentIfAny, type Target } from '../../src/twilio/environments';
import type { Environment, Serverless } from '../../src/twilio/serverless';
import {
  connectionsOf,
  connectServerless,
  type DeploymentVariables,
  readDeploymentVariables,
} from '../account';
import { readCallFlow } from '../call-flow';
import type { CommandContext } from '../command-context';
import { targetWords } from '../options';
import { detailsOf, type ExitStatus, failureStatusOf } from '../run-command';
import { findTarget } from '../target';
import { readEnvFile } from '../variables';
import { STAGING } from './environments';
import { missingPromptLines } from './missing-prompts';
import {
  checkSizes,
  deployedVariables,
  planVariables,
  type Values,
  type VariableChanges,
  valuesOf,
} from './variables';

export interface DeployOptions {
  /** Domain suffix. */
  readonly environment: string;
  readonly production?: true;
  /** File with the variables. */
  readonly env: string;
  readonly force?: true;
  /** A number of the account that the deployment answers afterwards: E.164. */
  readonly phone?: string;
  /** Do not ask before calls to it go there. */
  readonly yes?: true;
}

/** What a deploy knows before it changes anything. */
export interface Prepared {
  /** File with the variables. */
  readonly env: string;
  readonly force: boolean;
  readonly variables: Values;
  readonly account: Account;
  readonly target: Target;
  /** What is live; undefined before the first deploy. */
  readonly before: Environment | undefined;
  /** The code that is live. */
  readonly replaces: string | undefined;
  readonly changes: VariableChanges;
}

/** Runs every check that needs no deploy. Returns an exit status when the deploy must not start. */
export async function prepare(
  options: DeployOptions,
  context: CommandContext,
): Promise<Prepared | ExitStatus> {
  const { env } = options;
  const force = options.force ?? false;
  const { writeError } = context;
  try {
    if (options.environment === STAGING) {
      throw new ConfigError(
        `Every deploy builds in the environment ${STAGING}, and removes it: name another one.`,
      );
    }
    const variables = readEnvFile(env);
    const { config, account } = checkVariables(variables, env);
    refuseOtherApi(account, env);
    const target = findTarget(options, account.accountSid);
    const checking = check(config, { env, force, variables, account, target }, options.phone);
    const stopped = context.interruption().then((signal) => ({ signal }));
    const checked = await Promise.race([checking, stopped]);
    if (!('signal' in checked)) {
      const { listedKeys, ...rest } = checked;
      context.write(missingPromptLines(readCallFlow(), listedKeys, config.s3.prefix));
      return { env, force, variables, account, target, ...rest };
    }
    writeError('Stopped. Nothing was deployed.\n');
    return checked.signal;
  } catch (thrown) {
    writeError(`${detailsOf(thrown)}\nNothing was deployed.\n`);
    if (thrown instanceof GuardError) {
      const environment = options.production ? '' : options.environment;
      const again = `npm run deploy -- ${targetWords(environment, env)} --force`;
      writeError(`To go on all the same: ${again}\n`);
    }
    return thrown instanceof GuardError ? 'guarded' : failureStatusOf(thrown);
  }
}

/** Checks what can be asked before a deploy. */
async function check(
  config: Config,
  {
    env,
    force,
    variables,
    account,
    target,
  }: Pick<Prepared, 'env' | 'force' | 'variables' | 'account' | 'target'>,
  phone: string | undefined,
) {
  const twilio = connectServerless(account, target.service);
  const before = await findEnvironmentIfAny(twilio, target);
  if (before === undefined) await refuseRemovedService(twilio, target);
  const current = before ? valuesOf(await twilio.variables(before.sid)) : {};
  const wanted = deployedVariables(variables);
  const changes = planVariables(current, wanted, before?.buildSid !== undefined);
  checkSizes(current, wanted, changes, env);
  const settings = { ...DEFAULTS, ...connectionsOf({ config, account }), force };
  const checked = await checkTarget(config, target.service, before, settings);
  if (phone !== undefined) await checkNumber(account, phone);
  return { ...checked, before, changes };
}

/**
 * Refuses a Service that this folder was deployed to, and that somebody has removed since: the toolkit
 * would ask for it, and fail.
 *
 * @throws {ConfigError}
 */
async function refuseRemovedService(twilio: Serverless, { service }: Target): Promise<void> {
  if (!service.startsWith('ZS') || (await twilio.serviceIfAny()) !== undefined) return;
  throw new ConfigError(
    `This project was deployed to the Service ${service}, which the account has no more. To deploy to a new one, delete .twiliodeployinfo, and deploy again.`,
  );
}

/** @throws {ConfigError} when the account does not have it */
async function checkNumber(account: Account, phone: string): Promise<void> {
  // Twilio's library is large, and only a number needs it.
  const [{ connect }, { findNumber }] = await Promise.all([
    import('../library'),
    import('../number'),
  ]);
  await findNumber(connect(account), phone);
}

/**
 * Refuses an account whose API is not at Twilio: the toolkit asks Twilio itself, whatever the file
 * says, so that another account than the checked one would change.
 *
 * @param env the file
 * @throws {ConfigError}
 */
export function refuseOtherApi({ apiOrigin }: Account, env: string): void {
  if (apiOrigin === undefined) return;
  throw new ConfigError(
    `${env} sets TWILIO_API_URL, and Twilio's deployer would ask Twilio itself. Leave it out to deploy to Twilio; npm run sandbox:deploy rehearses a deploy on this machine.`,
  );
}

/**
 * Checks the variables before anything is deployed.
 *
 * @param variables those of the file, where the toolkit finds the account, too
 * @param env the file
 * @throws {ConfigError} naming all that is missing, malformed or would be ignored, never a value
 */
export function checkVariables(variables: Variables, env: string): DeploymentVariables {
  const problems = ignoredVariables(variables).map((name) => IGNORED[name]);
  try {
    const read = readDeploymentVariables(variables, `Set them in ${env}.`);
    if (problems.length === 0) return read;
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    problems.unshift(thrown.message);
  }
  throw new ConfigError(problems.join('\n'));
}

/** What a deployment does without the optional variables that it would ignore. */
export const IGNORED: Readonly<Record<OptionalVariable, string>> = {
  ADMIN_SECRET: `ADMIN_SECRET is shorter than ${ADMIN_SECRET_CHARACTERS} characters, or not ASCII, or has a blank at an end: /sync and the console would stay closed. Make one with openssl rand -hex 32, or leave it empty.`,
  OPERATOR_NUMBER:
    'OPERATOR_NUMBER is no phone number such as +815012345678: callers would never be connected to it.',
};
