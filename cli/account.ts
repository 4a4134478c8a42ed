import Twilio from 'twilio/lib/rest/Twilio';
import { systemClock } from '../src/clock';
import { type Account, type Config, readAccount, readConfig, type Variables } from '../src/config';
import { ConfigError } from '../src/errors';
import { COMMAND_BUDGET_MS } from '../src/limits';
import { Serverless } from '../src/twilio/serverless';
import { Transport } from '../src/twilio/transport';

/** How S3 and Twilio are reached. */
export interface DeploymentVariables {
  readonly config: Config;
  readonly account: Account;
}

/**
 * @param advice where to set what is missing
 * @throws {ConfigError} naming all that is missing or malformed at once, never a value
 */
export function readDeploymentVariables(
  variables: Variables,
  advice?: string,
): DeploymentVariables {
  const problems: string[] = [];
  const config = attempt(() => readConfig(variables, advice), problems);
  const account = attempt(() => readAccount(variables, advice), problems);
  if (config && account) return { config, account };
  throw new ConfigError(problems.join('\n'));
}

function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    problems.push(thrown.message);
    return undefined;
  }
}

/** The API client of an account; it retries passing failures. */
export function connect({ accountSid, authToken, apiOrigin }: Account): Twilio {
  const client = new Twilio(accountSid, authToken, { httpClient: transport(commandDeadline()) });
  if (apiOrigin !== undefined) client.api.baseUrl = apiOrigin;
  return client;
}

/** The Serverless API of one Service. */
export function connectServerless(
  account: Account,
  service: string,
  deadline = commandDeadline(),
): Serverless {
  return new Serverless({ ...account, transport: transport(deadline) }, service);
}

/** Epoch milliseconds until which a command that starts now may send requests. */
export function commandDeadline(): number {
  return systemClock.now().getTime() + COMMAND_BUDGET_MS;
}

const transport = (deadline: number) => new Transport({ clock: systemClock, deadline });
