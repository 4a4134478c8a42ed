import { type Config, type Environment, readConfig } from '../src/config';
import { ConfigError } from '../src/errors';
import { type Account, readAccount } from './account';

/** What S3 and Twilio are reached with. */
export interface DeploymentVariables {
  readonly config: Config;
  readonly account: Account;
}

/** @throws {ConfigError} naming all that is missing or malformed at once, never a value */
export function readDeploymentVariables(
  deployed: Environment,
  ours: Environment = deployed,
): DeploymentVariables {
  const problems: string[] = [];
  const config = attempt(() => readConfig(deployed), problems);
  const account = attempt(() => readAccount(ours), problems);
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
