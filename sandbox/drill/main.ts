import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { createColors } from 'picocolors';
import type { CommandContext } from '../../cli/command-context';
import { type ExitStatus, parseArguments, startCommand } from '../../cli/run-command';
import { WEBHOOK_READ_MS, WEBHOOK_TOTAL_MS } from '../../src/limits';
import { createHang } from '../hang';
import { NUMBER } from '../inspector';
import { abortedByInterruption } from '../rehearsal/main';
import { copyProject } from '../rehearsal/project-copy';
import { startRehearsal } from '../rehearsal/rehearsal';
import { dialRehearsal, numberUrls } from '../rehearsal/scenario';
import { startCallers } from './callers';
import { type Drill, PHASES } from './phases';
import { createTally, problemsOf, type Tally, tallyTable } from './tally';

/** From one call to the next. */
const CALL_EVERY_MS = 100;

/** How long a phase lasts at least. */
const PHASE_MS = 5000;

/** The overrides let Twilio give up a webhook that hangs after the first; the fallback has the second. */
const LONGEST_WAIT_MS = WEBHOOK_READ_MS + WEBHOOK_TOTAL_MS;

interface Options {
  readonly verbose?: true;
}

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run drill --')
    .description(
      `Deploys the project to a Twilio on this machine, and calls it each ${CALL_EVERY_MS} ms, while prompts are replaced, the project is deployed again, S3 and Functions fail, and secrets are rotated. No caller may hear silence.`,
    )
    .option('--verbose', 'show what the commands write')
    .addHelpText(
      'after',
      '\nExit code:\n  0  every step of every call was heard, and in time\n  1  one was not, or the drill failed or was stopped',
    );
  return parseArguments<Options>(command, args, context);
}

async function run({ verbose }: Options, context: CommandContext): Promise<ExitStatus> {
  const signal = abortedByInterruption(context);
  const hang = createHang();
  const rehearsal = await startRehearsal({ front: hang.front });
  try {
    const watch = { signal, ...(verbose && { onOutput: context.write }) };
    const project = copyProject(rehearsal, watch);
    context.write('Deploying the project, and letting it answer a number …\n');
    await project.shell('cp .env.example .env');
    project.fillIn();
    await project.shell('npm run deploy');
    await project.shell(`npm run number -- --phone ${NUMBER} --yes`);
    const dial = (digits: readonly string[]) =>
      dialRehearsal(rehearsal, { ...numberUrls(rehearsal), digits });
    const tally = createTally();
    const drill = { rehearsal, project, hang, dial };
    await callThroughPhases(drill, tally, signal, context).finally(() =>
      context.write(`${tallyTable(tally.rows)}\n`),
    );
    return judge(tally, context);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return 'failed';
  } finally {
    await rehearsal.stop();
  }
}

/** Runs one phase after the other while calls go on. */
async function callThroughPhases(
  drill: Drill,
  tally: Tally,
  signal: AbortSignal,
  { write }: CommandContext,
): Promise<void> {
  const callers = startCallers(CALL_EVERY_MS, drill.dial, tally.beginCall);
  const startedAt = performance.now();
  try {
    for (const [index, phase] of PHASES.entries()) {
      signal.throwIfAborted();
      write(`${index + 1}/${PHASES.length} ${phase.name}\n`);
      tally.beginPhase(phase);
      await Promise.all([phase.run(drill), wait(PHASE_MS, undefined, { signal })]);
    }
  } finally {
    callers.stop();
  }
  const everyMs = (performance.now() - startedAt) / callers.count();
  await callers.ended();
  write(`\n${callers.count()} calls, one each ${Math.round(everyMs)} ms.\n`);
}

function judge({ rows }: Tally, { writeError, colors }: CommandContext): ExitStatus {
  const problems = problemsOf(rows, LONGEST_WAIT_MS);
  for (const problem of problems) writeError(`${createColors(colors).red(problem)}\n`);
  return problems.length === 0 ? 'done' : 'failed';
}

export const drill = { readOptions, run };

export const main = () => startCommand(drill);
