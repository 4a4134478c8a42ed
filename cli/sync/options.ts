import { Command, InvalidArgumentError, Option } from 'commander';
import { isLoopback } from '../../src/config';
import { type CommandOutput, parseArguments } from '../command-line';
import { ENV_FILE } from '../environment';
import type { TargetOptions } from '../target';

/** What the command was asked for. */
export interface SyncOptions extends TargetOptions {
  readonly dryRun: boolean;
  readonly force: boolean;
  /** Instead of the configured ones. */
  readonly prefix?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Per cent. */
  readonly maxDelete: number;
  readonly concurrency: number;
  /** Whether the call flow of this folder is the deployed one. */
  readonly deployed: boolean;
  /** The deployed /sync; undefined runs the sync on this machine. */
  readonly remote?: URL;
  /** File with the variables. */
  readonly env: string;
  readonly json: boolean;
}

const DESCRIPTION = `Makes the Assets of a deployment equal to the prompts in S3. Callers hear the old prompts until the new ones are complete, and both are what S3 holds. It may be run again at any time, and stopped at any time: the next run finishes what this one began.`;

const MORE = `
Globs match keys without the prefix: menu.mp3, not prompts/menu.mp3. Keys that are not selected,
by --prefix or globs, are not Assets after the sync. To select them on every sync, set S3_PREFIX,
SYNC_INCLUDE and SYNC_EXCLUDE, which /sync reads, too.

With --json, npm must not print either: npm run --silent sync -- --json
Each event is a line with a type; the last line has a status and how the sync ended.

Exit code:
  0    Assets equal S3 now (with --dry-run: nothing stands in the way)
  1    failed; the message says why, and callers hear what they heard before
  2    wrong usage or configuration
  3    a guard stopped it: too many prompts vanished from S3; --force goes on all the same
  4    not finished, or a limit of Twilio's is reached: run it again later
  130  stopped by Ctrl-C (143 by SIGTERM); what was in work is dropped, and begun again next time`;

type Flag = 'dryRun' | 'force' | 'deployed' | 'json';

/**
 * Reads the arguments that follow the command's name.
 *
 * @throws {CommanderError} for wrong usage, after having said what is wrong, and for --help
 */
export function readOptions(args: readonly string[], output: CommandOutput): SyncOptions {
  const command = new Command('npm run sync --')
    .description(DESCRIPTION)
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--force', 'go on where a guard would stop')
    .option('--prefix <prefix>', 'sync the keys that begin with it (default: S3_PREFIX)')
    .option('--include <glob>', 'sync such keys only (repeatable; default: SYNC_INCLUDE)', collect)
    .option('--exclude <glob>', 'sync no such keys (repeatable; default: SYNC_EXCLUDE)', collect)
    .option('--max-delete <percent>', 'of known prompts that may vanish at once', percent, 50)
    .option('--concurrency <n>', 'files at once, 1 to 32', atOnce, 8)
    .option(
      '--deployed',
      'the call flow here is the deployed one: what it names and S3 lacks is said',
    )
    .option('--service <name>', "the Service's SID or unique name (default: where it was deployed)")
    .option('--environment <suffix>', "as serverless:deploy names it; '' for production", 'dev')
    .addOption(
      new Option('--remote <url>', 'let the deployment there do it, as often as it takes')
        .argParser(syncUrl)
        .conflicts([
          'prefix',
          'include',
          'exclude',
          'maxDelete',
          'concurrency',
          'deployed',
          'service',
          'environment',
        ]),
    )
    .option('--env <file>', 'file with the variables', ENV_FILE)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', MORE);
  type Given = Omit<SyncOptions, Flag> & Partial<Pick<SyncOptions, Flag>>;
  const options = parseArguments<Given>(command, args, output);
  return { dryRun: false, force: false, deployed: false, json: false, ...options };
}

function collect(glob: string, before: readonly string[] = []): string[] {
  if (glob === '') throw new InvalidArgumentError('A glob has one character at least.');
  return [...before, glob];
}

function percent(text: string): number {
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}

function atOnce(text: string): number {
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 32) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 32.');
}

/** The bearer secret goes there, so that it must be told by nobody else. */
function syncUrl(text: string): URL {
  if (!URL.canParse(text)) throw new InvalidArgumentError(URL_RULE);
  const url = new URL(text);
  const { protocol, host, pathname, username, password, search, hash } = url;
  const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(host));
  const plain = [username, password, search, hash].every((part) => part === '');
  if (!safe || !plain || !/^\/(sync)?$/.test(pathname)) throw new InvalidArgumentError(URL_RULE);
  return new URL('/sync', url);
}

const URL_RULE =
  'It must be the origin of a deployment, such as https://name-1234-dev.twil.io (http only for localhost).';
