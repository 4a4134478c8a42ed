import { systemClock } from '../../src/clock';
import type { Environment } from '../../src/config';
import { DEFAULTS, type SyncOutcome } from '../../src/sync';
import { syncRemotely } from '../../src/sync/remote';
import { failureOf } from '../command-failure';
import { loadEnvironment } from '../environment';
import type { StopSignal } from '../interruption';
import type { TerminalSurroundings } from '../terminal';
import { adminSecretOf } from './admin-secret';
import { barReporter } from './bar';
import { drive, type Progress } from './drive';
import { type Ending, endingOf, exitCodeOf } from './ending';
import { syncHere } from './local';
import { readOptions, type SyncOptions } from './options';
import { jsonReporter, plainReporter, type Reporter } from './reporters';
import type { Occasion } from './words';

/** Runs the command with the arguments that follow its name; gives the process's exit code. */
export async function run(
  args: readonly string[],
  surroundings: TerminalSurroundings,
): Promise<number> {
  let options: SyncOptions;
  try {
    options = readOptions(args, surroundings);
  } catch (thrown) {
    const { exitCode, message } = failureOf(thrown);
    surroundings.writeError(message);
    return exitCode;
  }
  const occasion = options.dryRun ? 'dry run' : 'sync';
  const load = () => loadEnvironment(options.env);
  return exitCodeOf(await perform(options, load, occasion, surroundings));
}

/**
 * Syncs, and tells how it goes and ends.
 *
 * @param load gives the variables
 */
export async function perform(
  options: SyncOptions,
  load: () => Environment,
  occasion: Occasion,
  surroundings: TerminalSurroundings,
): Promise<Ending> {
  const reporter = reporterFor(options, occasion, surroundings);
  const ending = await performSteps(options, load, reporter, surroundings.interrupted);
  reporter.end(ending);
  return ending;
}

async function performSteps(
  options: SyncOptions,
  load: () => Environment,
  reporter: Reporter,
  interrupted: Promise<StopSignal>,
): Promise<Ending> {
  try {
    const steps = begin(options, load());
    return await drive(steps, (progress) => reporter.progress(progress), interrupted);
  } catch (thrown) {
    return endingOf(thrown);
  }
}

function begin(
  options: SyncOptions,
  environment: Environment,
): AsyncGenerator<Progress, SyncOutcome> {
  const { remote: url, dryRun, force } = options;
  if (url === undefined) return syncHere(options, environment);
  const secret = adminSecretOf(environment);
  const { budget } = DEFAULTS;
  return syncRemotely({ url, secret, dryRun, force, clock: systemClock, budget });
}

function reporterFor(
  { json, dryRun }: SyncOptions,
  occasion: Occasion,
  surroundings: TerminalSurroundings,
): Reporter {
  if (json) return jsonReporter(surroundings);
  const plain = plainReporter(surroundings, occasion);
  const { terminal } = surroundings;
  return terminal && !dryRun ? barReporter(plain, terminal, systemClock) : plain;
}
