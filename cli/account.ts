import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { proxyAgent } from '../phone/request';
import { systemClock } from '../src/clock';
import { type Account, type Config, readAccount, readConfig, type Variables } from '../src/config';
import { credentialsOf } from '../src/credentials/with-aws-clients';
import { ConfigError, messageOf } from '../src/errors';
import { COMMAND_BUDGET_MS } from '../src/limits';
import { serverOrigin } from '../src/s3/address';
import type { SyncSettings } from '../src/sync';
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
  if (config && account) {
    const { credential } = account;
    return { config: { ...config, twilio: { ...config.twilio, credential } }, account };
  }
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

/**
 * The token of an account, for what an API key cannot do.
 *
 * @param use what needs it, such as `call signs its requests with it`
 * @throws {ConfigError} when it is not set
 */
export function requireAuthToken({ authToken }: Account, use: string): string {
  if (authToken !== undefined) return authToken;
  throw new ConfigError(`AUTH_TOKEN is not set: ${use}, which an API key cannot. Set it in .env.`);
}

/** The Serverless API of one Service. */
export function connectServerless(
  account: Account,
  service: string,
  deadline = commandDeadline(),
): Serverless {
  return new Serverless({ ...account, transport: openTransport(account, deadline) }, service);
}

/** Epoch milliseconds until which a command that starts now may send requests. */
export function commandDeadline(): number {
  return systemClock.now().getTime() + COMMAND_BUDGET_MS;
}

/** Sends requests to Twilio until the deadline. */
export function openTransport(account: Account, deadline = commandDeadline()): Transport {
  return new Transport({ clock: systemClock, deadline, httpsAgent: twilioAgent(account) });
}

/** How a sync on this machine reaches S3 and Twilio, and gets temporary credentials. */
export function connectionsOf({
  config,
  account,
}: DeploymentVariables): Pick<SyncSettings, 'httpsAgent' | 'twilioAgent' | 'credentialsOf'> {
  const httpsAgent = proxyAgent(serverOrigin(config.s3));
  return { httpsAgent, twilioAgent: twilioAgent(account), credentialsOf };
}

/**
 * Leads to Twilio's API through the proxy for it, or trusts the authorities of TWILIO_CA_BUNDLE: the
 * `twilio` library, which `number` uses, reads that variable, too. Undefined where there is neither.
 */
function twilioAgent({ apiOrigin }: Pick<Account, 'apiOrigin'>): Agent | undefined {
  const { TWILIO_CA_BUNDLE: file } = process.env;
  return (
    proxyAgent(apiOrigin ?? 'https://serverless.twilio.com') ??
    (file ? new Agent({ keepAlive: true, ca: readAuthorities(file) }) : undefined)
  );
}

function readAuthorities(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigError(
      `TWILIO_CA_BUNDLE is a file that cannot be read (${messageOf(cause)}): correct it, or unset it.`,
    );
  }
}
