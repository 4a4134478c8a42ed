import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { createColors } from 'picocolors';
import { type ExplainOptions, explain } from '../explain';
import { printExplanation } from '../explain/print';
import { ConfigError } from '../src/errors';
import { failureOf } from './command-failure';
import { type CommandOutput, parseArguments } from './command-line';

/** What the command reads and writes, so that it can be run without a terminal. */
export interface Surroundings extends CommandOutput {
  readonly now: Date;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly colors: boolean;
  /** Columns. */
  readonly width: number;
  readonly readInput: () => Promise<string>;
}

/** 0: S3 has nothing against the request. 1: S3 refuses it. 2: the command was not used right. */
export type ExitCode = 0 | 1 | 2;

interface Options {
  readonly at?: Date;
  readonly region?: string;
  readonly presignedMethod?: string;
  readonly requestedMethod?: string;
  readonly verify?: true;
  readonly json?: true;
}

const DESCRIPTION = `Explains why S3 answers a presigned URL with an error such as SignatureDoesNotMatch: compares the URL that was presigned with the one that S3 got. Needs no secret, sends nothing. Signatures, session tokens, access key ids and phone numbers are masked in all that it prints.`;

const MORE = `
Put both URLs in single quotes, as & ends a command in the shell. Or give none, and paste
them one a line; with --silent, npm does not print them either:
  npm run --silent explain

Exit code: 0 S3 has nothing against the request, 1 S3 refuses it, 2 wrong usage.`;

/** Runs the command with the arguments that follow its name. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { write, writeError, width } = surroundings;
  const command = createCommand();
  try {
    const options = parseArguments<Options>(command, args, surroundings, width);
    const [presigned, requested] = await readUrls(command.args, surroundings);
    const explanation = explain(presigned, requested, explainOptions(options, surroundings));
    write(
      options.json
        ? `${JSON.stringify(explanation, undefined, 2)}\n`
        : printExplanation(explanation, createColors(surroundings.colors), surroundings.width),
    );
    return explanation.accepted ? 0 : 1;
  } catch (thrown) {
    // What explain() says of its arguments.
    const unfit = thrown instanceof TypeError;
    const { exitCode, message } = failureOf(unfit ? new ConfigError(`${thrown.message}.`) : thrown);
    writeError(message);
    return exitCode;
  }
}

function createCommand(): Command {
  return new Command('npm run explain --')
    .description(DESCRIPTION)
    .argument('[presigned-url]', 'as the signer made it')
    .argument('[requested-url]', 'as S3 got it: whole, or path and query from an access log')
    .option('--at <time>', 'when S3 got it, such as 2026-11-22T03:00:00Z (default: now)', readTime)
    .option('--region <name>', "the bucket's region (default: what an AWS host says)")
    .option('--presigned-method <verb>', 'the method presigned for (default: GET)')
    .option('--requested-method <verb>', 'the method sent (default: the presigned one)')
    .option('--verify', "check the presigned URL's own signature with S3_SECRET_ACCESS_KEY")
    .option('--json', 'print the explanation as JSON')
    .addHelpText('after', MORE);
}

function readTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('Give it in ISO 8601.');
  return time;
}

async function readUrls(
  args: readonly string[],
  { readInput }: Surroundings,
): Promise<[string, string]> {
  const given = args.length > 0 ? args : (await readInput()).split('\n');
  const [presigned, requested, ...more] = given.map((url) => url.trim()).filter(Boolean);
  if (!presigned || !requested || more.length > 0) {
    throw new TypeError(
      "Give two URLs in single quotes, the presigned and the requested one ('…' '…'), or paste them one a line",
    );
  }
  return [presigned, requested];
}

/** Characters that a terminal lets into a line: https://man7.org/linux/man-pages/man3/termios.3.html */
const LONGEST_PASTED = 4095;

/**
 * What was typed or pasted.
 *
 * @throws {ConfigError} when a terminal has cut a line
 */
export function uncut(input: string, fromTerminal: boolean): string {
  if (!fromTerminal || input.split('\n').every(({ length }) => length < LONGEST_PASTED))
    return input;
  throw new ConfigError(
    `A terminal cuts lines at ${LONGEST_PASTED} characters, and a URL is that long: put both into a file, one a line, and run npm run --silent explain < file.`,
  );
}

function explainOptions(options: Options, { now, environment }: Surroundings): ExplainOptions {
  const secretAccessKey = options.verify ? environment.S3_SECRET_ACCESS_KEY : undefined;
  if (options.verify && !secretAccessKey) {
    throw new TypeError('--verify needs S3_SECRET_ACCESS_KEY in the environment');
  }
  const { region, presignedMethod, requestedMethod } = options;
  return { now: options.at ?? now, region, presignedMethod, requestedMethod, secretAccessKey };
}

// The command itself; tests call run().
if (require.main === module) {
  run(process.argv.slice(2), {
    now: new Date(),
    environment: process.env,
    colors: createColors().isColorSupported,
    width: Math.min(process.stdout.columns || 100, 120),
    readInput: async () => {
      if (process.stdin.isTTY) {
        process.stderr.write('Paste the presigned URL, the requested URL, then Ctrl-D:\n');
      }
      // Not at once: a terminal that has nothing to give yet would be an error.
      return uncut(await text(process.stdin), process.stdin.isTTY);
    },
    write: (words) => process.stdout.write(words),
    writeError: (words) => process.stderr.write(words),
  }).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
