import { failureOf } from '../src/command-failure';
import { ADMIN_SECRET_LENGTH, type Config, type Environment } from '../src/config';
import { ConfigError } from '../src/errors';
import { readOperator } from '../src/flow/apology';
import { readDeploymentVariables } from './deployment-variables';
import { ENV_FILE, loadEnvironment, readEnvironmentFile } from './environment';

/** What a deployment would quietly do without. */
function ignored(
  { ADMIN_SECRET, OPERATOR_NUMBER }: Environment,
  { adminSecret }: Config,
): string[] {
  const problems: string[] = [];
  if (ADMIN_SECRET && adminSecret === undefined) {
    problems.push(
      `ADMIN_SECRET is shorter than ${ADMIN_SECRET_LENGTH} characters: /sync would stay closed. Make one with openssl rand -hex 32, or leave it empty.`,
    );
  }
  if (OPERATOR_NUMBER && readOperator({ OPERATOR_NUMBER }) === undefined) {
    problems.push(
      'OPERATOR_NUMBER is no phone number such as +815012345678: callers would never be connected to it.',
    );
  }
  return problems;
}

// Before a deploy: what is wrong with the variables is said before anything is live.
try {
  const deployed = readEnvironmentFile(ENV_FILE);
  const { config } = readDeploymentVariables(deployed, loadEnvironment(ENV_FILE));
  const problems = ignored(deployed, config);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
} catch (thrown) {
  const { exitCode, message } = failureOf(thrown);
  process.stderr.write(message);
  process.exitCode = exitCode;
}
