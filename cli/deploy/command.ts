import { failureOf } from '../../src/command-failure';
import type { Environment } from '../../src/config';
import { checkTarget, DEFAULTS, GuardError, type LiveTarget } from '../../src/sync';
import { ENV_FILE, readEnvironmentFile } from '../environment';
import { perform } from '../sync/command';
import { endingOf, exitCodeAfter, exitCodeOf } from '../sync/ending';
import { readOptions as readSyncOptions } from '../sync/options';
import { findTarget } from '../target';
import type { TerminalSurroundings } from '../terminal';
import { checkVariables } from './check';
import { type DeployOptions, readOptions } from './options';
import { bringBack, type DeployTarget, liveNow } from './restore';
import { adviceOnRefusal, deployWithToolkit } from './toolkit';

/** Runs the command with the arguments that follow its name; gives the process's exit code. */
export async function run(
  args: readonly string[],
  surroundings: TerminalSurroundings,
): Promise<number> {
  const prepared = await prepare(args, surroundings);
  return typeof prepared === 'number' ? prepared : deploy(prepared, surroundings);
}

interface Prepared {
  readonly options: DeployOptions;
  readonly variables: Environment;
  readonly target: DeployTarget;
  /** What is live; undefined before the first deploy. */
  readonly before: LiveTarget | undefined;
}

/** Finds out all that can be known before anything is deployed; an exit code where it must not be. */
async function prepare(
  args: readonly string[],
  surroundings: TerminalSurroundings,
): Promise<Prepared | number> {
  try {
    const options = readOptions(args, surroundings);
    const variables = readEnvironmentFile(ENV_FILE);
    const { config, account } = checkVariables(variables);
    const { environment, force } = options;
    const target = { account, ...findTarget({ environment }, account.accountSid) };
    const checking = checkTarget(config, target, { ...DEFAULTS, force });
    const checked = await Promise.race([
      checking.then((before) => ({ before })),
      surroundings.interrupted.then((signal) => ({ signal })),
    ]);
    if ('signal' in checked) {
      surroundings.writeError('Stopped. Nothing was deployed.\n');
      return exitCodeAfter(checked.signal);
    }
    return { options, variables, target, before: checked.before };
  } catch (thrown) {
    const { exitCode, message } = failureOf(thrown);
    surroundings.writeError(message);
    if (message !== '') surroundings.writeError('Nothing was deployed.\n');
    if (!(thrown instanceof GuardError)) return exitCode;
    surroundings.writeError('To go on all the same: npm run deploy -- --force\n');
    return exitCodeOf(endingOf(thrown));
  }
}

async function deploy(
  { options, variables, target, before }: Prepared,
  surroundings: TerminalSurroundings,
): Promise<number> {
  const { writeError } = surroundings;
  const { environment, force } = options;
  const deployment = await deployWithToolkit({ environment, ...surroundings });
  if (deployment.exitCode !== 0) {
    const advice = adviceOnRefusal(deployment.errors);
    if (advice !== undefined) writeError(`${advice}\n`);
    writeError(`${await bringBack(target, before, undefined)}\n`);
    return deployment.exitCode;
  }
  const deployed = await liveNow(target).catch(() => undefined);
  const args = ['--deployed', '--environment', environment, ...(force ? ['--force'] : [])];
  const syncOptions = readSyncOptions(args, surroundings);
  const ending = await perform(syncOptions, () => variables, 'deploy', surroundings);
  if (ending.status !== 'done') {
    writeError(`${await bringBack(target, before, deployed)}\n`);
  }
  return exitCodeOf(ending);
}
