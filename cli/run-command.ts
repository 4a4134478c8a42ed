import { setFlagsFromString } from 'node:v8';
import { type Command, CommanderError } from 'commander';
import { createColors } from 'picocolors';
import { proxyFor } from '../phone/request';
import { ConfigError, messageOf, PlayError } from '../src/errors';
import { isLimited } from '../src/twilio/errors';
import { type CommandContext, terminalContext } from './command-context';
import { rejectOptionsTakenByNpm } from './npm-options';
import { wrapLines } from './wrap-lines';

/**
 * The exit codes of all verbs, by how a command ended; each verb's help lists its own. For a sync
 * `endingOf` in sync/run-sync.ts chooses. The code of a signal is the shell's:
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
const EXIT_CODES = {
  done: 0,
  failed: 1,
  /** Wrong usage or configuration. */
  misconfigured: 2,
  /** A guard of the sync stopped it. */
  guarded: 3,
  /** Not finished, or at a limit of Twilio's: another run continues. */
  pending: 4,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** How a command ended; a signal is what stopped it. */
export type ExitStatus = keyof typeof EXIT_CODES;

export function exitCodeOf(status: ExitStatus): number {
  return EXIT_CODES[status];
}

/** A verb of the command line. */
export interface CommandDefinition<Options> {
  /**
   * Reads the arguments that follow the verb, with `parseArguments`.
   *
   * @throws {CommanderError} for wrong usage, after printing what is wrong, and after the help
   */
  readonly readOptions: (args: readonly string[], context: CommandContext) => Options;
  readonly run: (options: Options, context: CommandContext) => Promise<ExitStatus>;
}

/** Runs a verb: parses, runs, prints what was thrown. Returns the exit code. */
export async function runCommand<Options>(
  { readOptions, run }: CommandDefinition<Options>,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return exitCodeOf(await run(readOptions(args, context), context));
  } catch (thrown) {
    // commander has printed the help, or what is wrong.
    if (thrown instanceof CommanderError) {
      return exitCodeOf(thrown.exitCode === 0 ? 'done' : 'misconfigured');
    }
    const { red } = createColors(context.colors);
    context.writeError(`${red(detailsOf(thrown))}\n`);
    return exitCodeOf(failureStatusOf(thrown));
  }
}

/** How a command ends that threw. At a limit of Twilio's, the same command succeeds later. */
export function failureStatusOf(thrown: unknown): 'failed' | 'misconfigured' | 'pending' {
  if (thrown instanceof ConfigError) return 'misconfigured';
  return isLimited(thrown) ? 'pending' : 'failed';
}

/**
 * Reads the options of a verb.
 *
 * @param command named as a person starts it, such as `npm run sync --`
 * @throws {CommanderError} for wrong usage, after printing what is wrong, and after the help
 * @throws {ConfigError} when npm kept options for itself
 */
export function parseArguments<Options extends object>(
  command: Command,
  args: readonly string[],
  { write, writeError, width, environment }: CommandContext,
): Options {
  rejectOptionsTakenByNpm(command, args, environment);
  return command
    .configureOutput({
      // commander wraps what it writes itself, but no added text.
      writeOut: (text) => write(wrapLines(text, width)),
      writeErr: writeError,
      getOutHelpWidth: () => width,
    })
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Options>();
}

/** Runs a verb with the arguments of this process, and ends the process with the exit code. */
export async function startCommand<Options>(
  command: CommandDefinition<Options>,
  { keepsHeapSmall = false } = {},
): Promise<void> {
  if (keepsHeapSmall) keepHeapSmall();
  // Keeps the AWS SDK from beginning every run with a warning about next year's Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // S3_ENDPOINT alone decides where S3 is, as for the deployed Functions.
  delete process.env.AWS_ENDPOINT_URL;
  delete process.env.AWS_ENDPOINT_URL_S3;
  nameProxyForTwilio();
  const { stdout, stderr } = process;
  // Ignore EPIPE and EIO, so that neither `npm run sync | head` nor a closed terminal aborts the work.
  let isOutputLost = false;
  for (const stream of [stdout, stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== 'EPIPE' && code !== 'EIO') isOutputLost = true;
    });
  }
  const exitCode = await runCommand(command, process.argv.slice(2), terminalContext());
  // Unfinished work of an interrupted command would keep the process alive.
  stdout.write('', () =>
    process.exit(exitCode === 0 && isOutputLost ? exitCodeOf('failed') : exitCode),
  );
}

/**
 * Has V8 collect garbage before it takes more memory, for commands that wait for S3 and Twilio most of
 * their time. A first sync of a bucket of 10,000 objects then peaks at 102 MB instead of 150, and takes as
 * long. The program sets it, because more than one script of npm runs a sync.
 */
function keepHeapSmall(): void {
  // New objects get 1 MB, and not up to 16.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}

/**
 * The `twilio` library and its toolkit read HTTP_PROXY alone, for https, too: lets them reach Twilio as
 * HTTPS_PROXY and NO_PROXY say.
 */
export function nameProxyForTwilio(): void {
  const { env } = process;
  const proxy = proxyFor('https://api.twilio.com');
  if (proxy !== undefined) {
    env.HTTP_PROXY = proxy;
  } else if (env.HTTP_PROXY) {
    env.HTTPS_PROXY ||= env.HTTP_PROXY;
    delete env.HTTP_PROXY;
  }
}

/** What a terminal shows of an error: its message, and the stack of an unexpected one. */
export function detailsOf(thrown: unknown): string {
  if (thrown instanceof PlayError || !(thrown instanceof Error)) return messageOf(thrown);
  return thrown.stack ?? thrown.message;
}
