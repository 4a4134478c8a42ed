import { type Config, type Environment, readConfig } from '../src/config';
import { ConfigError } from '../src/errors';
import { type Account, readAccount } from './account';

/** What S3 and Twilio are reached with. */
export interface DeploymentVariables {
  readonly config: Config;
  readonly account: Account;
}

/**
 * @param advice where to set an account that is missing
 * @throws {ConfigError} naming all that is missing or malformed at once, never a value
 */
export function readDeploymentVariables(
  variables: Environment,
  advice?: string,
): DeploymentVariables {
  const problems: string[] = [];
  const config = attempt(() => readConfig(variables), problems);
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
