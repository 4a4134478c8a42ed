import type { Environment } from '../../src/config';
import { detailsOf } from '../../src/errors';
import { checkTarget, DEFAULTS, GuardError, type LiveTarget } from '../../src/sync';
import { failureOf } from '../command-failure';
import { ENV_FILE } from '../environment';
import { perform } from '../sync/command';
import { endingOf, exitCodeAfter, exitCodeOf } from '../sync/ending';
import { readOptions as readSyncOptions } from '../sync/options';
import { findTarget, lastDeployedBuild } from '../target';
import type { TerminalSurroundings } from '../terminal';
import { checkVariables } from './check';
import { type DeployOptions, readOptions } from './options';
import { type DeployTarget, restorePreviousBuild } from './restore';
import { adviceOnRefusal, deployWithToolkit } from './toolkit';
import { readDeployedVariables } from './variables';

/** Runs the command with the arguments that follow its name; gives the process's exit code. */
export async function run(
  args: readonly string[],
  surroundings: TerminalSurroundings,
): Promise<number> {
  let options: DeployOptions;
  try {
    options = readOptions(args, surroundings);
  } catch (thrown) {
    return refuse(thrown, surroundings);
  }
  const prepared = await prepare(options, surroundings);
  return typeof prepared === 'number' ? prepared : deploy(prepared, surroundings);
}

interface Prepared {
  readonly options: DeployOptions;
  readonly variables: Environment;
  readonly target: DeployTarget;
  /** What is live; undefined before the first deploy. */
  readonly before: LiveTarget | undefined;
}

/** Runs every check that needs no deploy. Returns an exit code when the deploy must not start. */
async function prepare(
  options: DeployOptions,
  surroundings: TerminalSurroundings,
): Promise<Prepared | number> {
  const { environment, force } = options;
  const { writeError, interrupted } = surroundings;
  try {
    const variables = readDeployedVariables(ENV_FILE);
    const { config, account } = checkVariables(variables);
    const target = { account, ...findTarget({ environment }, account.accountSid) };
    const checking = checkTarget(config, target, { ...DEFAULTS, force });
    const checked = await Promise.race([
      checking.then((before) => ({ before })),
      interrupted.then((signal) => ({ signal })),
    ]);
    if ('signal' in checked) {
      writeError('Stopped. Nothing was deployed.\n');
      return exitCodeAfter(checked.signal);
    }
    return { options, variables, target, before: checked.before };
  } catch (thrown) {
    const exitCode = refuse(thrown, surroundings);
    if (!(thrown instanceof GuardError)) return exitCode;
    writeError(`To go on all the same: npm run deploy -- --environment ${environment} --force\n`);
    return exitCodeOf(endingOf(thrown));
  }
}

/** Says why nothing was deployed; gives the process's exit code. */
function refuse(thrown: unknown, { writeError }: TerminalSurroundings): number {
  const { exitCode, message } = failureOf(thrown);
  if (message !== '') writeError(`${message}Nothing was deployed.\n`);
  return exitCode;
}

/** From here on, whatever fails, the Build that was live comes back. */
async function deploy(prepared: Prepared, surroundings: TerminalSurroundings): Promise<number> {
  const { options, target, before } = prepared;
  const { writeError, interrupted } = surroundings;
  interrupted.then(() => writeError('Stopping …\n'));
  // ZB… of the Build that the toolkit made live.
  let deployed: string | undefined;
  let exitCode = 1;
  try {
    exitCode = await deployCode(options.environment, surroundings);
    if (exitCode === 0) {
      deployed = lastDeployedBuild(target.account.accountSid);
      exitCode = await syncPrompts(prepared, surroundings);
    }
  } catch (thrown) {
    exitCode = 1;
    writeError(`${detailsOf(thrown)}\n`);
  }
  if (exitCode !== 0) writeError(`${await restorePreviousBuild(target, before, deployed)}\n`);
  return exitCode;
}

async function deployCode(
  environment: string,
  surroundings: TerminalSurroundings,
): Promise<number> {
  const { exitCode, errors } = await deployWithToolkit({ environment, ...surroundings });
  const advice = exitCode === 0 ? undefined : adviceOnRefusal(errors);
  if (advice !== undefined) surroundings.writeError(`${advice}\n`);
  return exitCode;
}

async function syncPrompts(
  { options: { environment, force }, variables }: Prepared,
  surroundings: TerminalSurroundings,
): Promise<number> {
  const args = ['--deployed', '--environment', environment, ...(force ? ['--force'] : [])];
  const syncOptions = readSyncOptions(args, surroundings);
  const ending = await perform(syncOptions, () => variables, 'deploy', surroundings);
  // 2 would say that nothing was deployed.
  return ending.status === 'misconfigured' ? 1 : exitCodeOf(ending);
}
