import { Command } from 'commander';
import type { CommandContext } from './command-context';
import { addTargetOptions, readPhoneNumber } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import type { TargetOptions } from './target';
import { ENV_FILE } from './variables';

interface Options extends TargetOptions {
  /** E.164. */
  readonly phone?: string;
  /** File with the variables. */
  readonly env: string;
  readonly json?: true;
}

const DESCRIPTION = `Looks at all that a call depends on, from .env to the phone number, and says of each thing whether it is as it should be, and what to do where it is not. It changes nothing.`;

const MORE = `
Each line begins with ok, warn or FAIL. A line with – was not asked: something that it needs has failed, or the server does not tell it.

With --json, npm must not print either: npm run --silent doctor -- --json
Each line has a check, its status (ok, warn, fail, skipped) and a message; the last line has how many there are of each.

Exit code:
  0  no line failed; there may be warnings
  1  a line failed
  2  wrong usage`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run doctor --').description(DESCRIPTION);
  addTargetOptions(command)
    .option(
      '--phone <number>',
      'look at this number (default: all that lead to the deployment)',
      readPhoneNumber,
    )
    .option('--env <file>', 'file with the variables', ENV_FILE)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  // Most of what a start costs, which the help need not wait for.
  const [{ CHECKS }, { countsLine, report }] = await Promise.all([
    import('./doctor/checks'),
    import('./doctor/report'),
  ]);
  const { json = false } = options;
  const visit = { options, shell: context.environment, clock: context.clock };
  const counts = await report(CHECKS, visit, json, context);
  context.write(json ? `${JSON.stringify(counts)}\n` : `\n${countsLine(counts)}\n`);
  return counts.fail > 0 ? 'failed' : 'done';
}

export const doctor = { readOptions, run };

export const main = () => startCommand(doctor, { keepsHeapSmall: true });
