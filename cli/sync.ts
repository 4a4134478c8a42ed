import { Command, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../src/errors';
import { parseGlob } from '../src/glob';
import { CONCURRENCY, MAX_VANISHED_SHARE } from '../src/limits';
import type { CommandContext } from './command-context';
import { addTargetOptions, readOrigin } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import type { SyncOptions } from './sync/run-sync';
import { ENV_FILE, loadVariables } from './variables';

const DESCRIPTION = `Makes the Assets of a deployment equal to the prompts in S3. Callers hear the old prompts until the new ones are complete, and both are what S3 holds. It may be run again at any time, and stopped at any time: the next run finishes what this one began.`;

const MORE = `
Globs match keys without the prefix: menu.mp3, not prompts/menu.mp3. They know *, **, ?, [a-z], [!a-z] and {a,b}; a \\ makes the next character a plain one. Keys that are not selected, by --prefix or globs, are not Assets after the sync. To select them on every sync, set S3_PREFIX, SYNC_INCLUDE and SYNC_EXCLUDE, which /sync reads, too.

With --json, npm must not print either: npm run --silent sync -- --json
Each event is a line with a type; the last line has a status and how the sync ended.

Exit code:
  0    Assets equal S3 now (with --dry-run: nothing stands in the way)
  1    failed; the message says why, and callers hear what they heard before. Or what is live
       cannot answer a call: it has no Functions
  2    wrong usage or configuration
  3    a guard stopped it: too many prompts vanished from S3; --force goes on all the same
  4    not finished, or a limit of Twilio's is reached: run it again later
  130  stopped by Ctrl-C (143 by SIGTERM); unfinished work is dropped, and begun again next time`;

type Flag = 'dryRun' | 'force' | 'json' | 'verbose';

export function readOptions(args: readonly string[], context: CommandContext): SyncOptions {
  const command = new Command('npm run sync --')
    .description(DESCRIPTION)
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--force', 'go on where a guard would stop')
    .option('--prefix <prefix>', 'sync the keys that begin with it (default: S3_PREFIX)')
    .option('--include <glob>', 'sync such keys only (repeatable; default: SYNC_INCLUDE)', collect)
    .option('--exclude <glob>', 'sync no such keys (repeatable; default: SYNC_EXCLUDE)', collect)
    .option(
      '--max-delete <percent>',
      'of known prompts that may vanish at once',
      readPercent,
      MAX_VANISHED_SHARE * 100,
    )
    .option('--concurrency <n>', 'files at once, 1 to 32', readConcurrency, CONCURRENCY)
    // Scripts may still have it; every sync does what it asked for.
    .addOption(new Option('--deployed').hideHelp());
  addTargetOptions(command)
    .addOption(
      new Option('--remote <url>', 'let the deployment there do it, as often as it takes')
        .argParser(readSyncUrl)
        .conflicts([
          'prefix',
          'include',
          'exclude',
          'maxDelete',
          'concurrency',
          'service',
          'environment',
          'production',
        ]),
    )
    .option('--env <file>', 'file with the variables', ENV_FILE)
    .option('--json', 'print one JSON object a line')
    .option('--verbose', 'list all keys, however many they are')
    .addHelpText('after', MORE);
  type Given = Omit<SyncOptions, Flag> & Partial<Pick<SyncOptions, Flag>>;
  const options = parseArguments<Given>(command, args, context);
  return { dryRun: false, force: false, json: false, verbose: false, ...options };
}

function collect(glob: string, before: readonly string[] = []): string[] {
  if (glob === '') throw new InvalidArgumentError('A glob has one character at least.');
  try {
    parseGlob(glob);
  } catch (thrown) {
    throw new InvalidArgumentError(`${messageOf(thrown)}.`);
  }
  return [...before, glob];
}

function readPercent(text: string): number {
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}

function readConcurrency(text: string): number {
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 32) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 32.');
}

/** The origin of a deployment, or its /sync. Only it may get the bearer secret. */
function readSyncUrl(text: string): URL {
  return new URL('/sync', readOrigin(text.replace(/\/sync$/, '')));
}

async function run(options: SyncOptions, context: CommandContext): Promise<ExitStatus> {
  // Half of what a start costs, which the help need not wait for.
  const { exitStatusOf, runSync } = await import('./sync/run-sync');
  const load = () => loadVariables(options.env, context.environment);
  return exitStatusOf(await runSync(options, load, options.dryRun ? 'dry run' : 'sync', context));
}

export const sync = { readOptions, run };

export const main = () => startCommand(sync, { keepsHeapSmall: true });
