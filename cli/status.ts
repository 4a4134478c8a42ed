import { Command } from 'commander';
import type { CommandContext } from './command-context';
import { addTargetOptions, targetWords } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import type { TargetOptions } from './target';
import { ENV_FILE, loadVariables } from './variables';

interface Options extends TargetOptions {
  /** File with the variables. */
  readonly env: string;
  readonly json?: true;
  readonly verbose?: true;
}

const DESCRIPTION = `Shows what is live: the Build, how its Assets differ from S3, how callers hear each prompt of the call flow in this folder, and the last deployments. It changes nothing.`;

const MORE = `
With --json, npm must not print either: npm run --silent status -- --json

Exit code:
  0  shown, whatever it is; doctor says what is wrong
  1  failed, or S3 could not be compared; the message says why
  2  wrong usage or configuration
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run status --').description(DESCRIPTION);
  addTargetOptions(command)
    .option('--env <file>', 'file with the variables', ENV_FILE)
    .option('--json', 'print one JSON object')
    .option('--verbose', 'list all keys, however many they are')
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  // Most of what a start costs, which the help need not wait for.
  const [{ readStatus }, { printStatus }] = await Promise.all([
    import('./status/facts'),
    import('./status/print'),
  ]);
  const { env, environment, production, json, verbose = false } = options;
  const variables = loadVariables(env, context.environment);
  const status = await readStatus(options, variables, context.clock);
  const sync = `npm run sync -- ${targetWords(production ? '' : environment, env)}`;
  const { width, colors } = context;
  context.write(
    json ? `${JSON.stringify(status)}\n` : printStatus(status, sync, { width, colors, verbose }),
  );
  return status.s3.problem === undefined ? 'done' : 'failed';
}

export const status = { readOptions, run };

export const main = () => startCommand(status, { keepsHeapSmall: true });
