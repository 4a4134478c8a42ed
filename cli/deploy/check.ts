import { type Environment, readAdminSecret, readOperatorNumber } from '../../src/config';
import { ConfigError } from '../../src/errors';
import { ADMIN_SECRET_CHARACTERS } from '../../src/limits';
import { type DeploymentVariables, readDeploymentVariables } from '../deployment-variables';

/**
 * Looks at the variables before a deploy, so that what is wrong with them is said before anything
 * is live.
 *
 * @param variables those of .env, where the toolkit finds the account, too
 * @throws {ConfigError} naming all that is missing, malformed or would be ignored, never a value
 */
export function checkVariables(variables: Environment): DeploymentVariables {
  const problems = ignored(variables);
  try {
    const read = readDeploymentVariables(variables, 'Set them in .env.');
    if (problems.length === 0) return read;
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    problems.unshift(thrown.message);
  }
  throw new ConfigError(problems.join('\n'));
}

/** What a deployment would quietly do without. */
function ignored({ ADMIN_SECRET, OPERATOR_NUMBER }: Environment): string[] {
  const problems: string[] = [];
  if (ADMIN_SECRET && readAdminSecret({ ADMIN_SECRET }) === undefined) {
    problems.push(
      `ADMIN_SECRET is shorter than ${ADMIN_SECRET_CHARACTERS} characters, or not ASCII: /sync would stay closed. Make one with openssl rand -hex 32, or leave it empty.`,
    );
  }
  if (OPERATOR_NUMBER && readOperatorNumber({ OPERATOR_NUMBER }) === undefined) {
    problems.push(
      'OPERATOR_NUMBER is no phone number such as +815012345678: callers would never be connected to it.',
    );
  }
  return problems;
}
