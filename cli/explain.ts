import { Command, InvalidArgumentError } from 'commander';
import { createColors } from 'picocolors';
import {
  type ExplainOptions,
  type Explanation,
  explain as explainUrls,
  printExplanation,
} from '../explain';
import { readSecretAccessKey } from '../src/config';
import { ConfigError } from '../src/errors';
import type { CommandContext } from './command-context';
import { type ExitStatus, parseArguments, startCommand } from './run-command';

interface Options {
  /** The presigned and the requested one; none of both reads them from the input. */
  readonly urls: readonly string[];
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

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run explain --')
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
  const options = parseArguments<Omit<Options, 'urls'>>(command, args, context);
  return { ...options, urls: command.args };
}

function readTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('Give it in ISO 8601.');
  return time;
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const [presigned, requested] = await readUrls(options.urls, context);
  const explanation = explainOrRefuse(presigned, requested, explainOptions(options, context));
  context.write(
    options.json
      ? `${JSON.stringify(explanation, undefined, 2)}\n`
      : printExplanation(explanation, createColors(context.colors), context.width),
  );
  return explanation.accepted ? 'done' : 'failed';
}

/** @throws {ConfigError} when one is not a URL, or the first is not presigned */
function explainOrRefuse(
  presigned: string,
  requested: string,
  options: ExplainOptions,
): Explanation {
  try {
    return explainUrls(presigned, requested, options);
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new ConfigError(`${thrown.message}.`);
    throw thrown;
  }
}

async function readUrls(
  args: readonly string[],
  { input, writeError }: CommandContext,
): Promise<[string, string]> {
  let lines = args;
  if (args.length === 0) {
    if (input.isTerminal) {
      writeError('Paste the presigned URL, the requested URL, then Ctrl-D:\n');
    }
    const text = await input.read();
    if (input.isTerminal) refuseCutLines(text);
    lines = text.split('\n');
  }
  const [presigned, requested, ...more] = lines.map((url) => url.trim()).filter(Boolean);
  if (presigned && requested && more.length === 0) return [presigned, requested];
  throw new ConfigError(
    "Give two URLs in single quotes, the presigned and the requested one ('…' '…'), or paste them one a line.",
  );
}

/** Longest line that a terminal passes on: https://man7.org/linux/man-pages/man3/termios.3.html */
const TERMINAL_LINE_CHARACTERS = 4095;

/** @throws {ConfigError} when the terminal may have cut a line */
function refuseCutLines(text: string): void {
  if (text.split('\n').every(({ length }) => length < TERMINAL_LINE_CHARACTERS)) return;
  throw new ConfigError(
    `A terminal cuts lines at ${TERMINAL_LINE_CHARACTERS} characters, and a URL is that long: put both into a file, one a line, and run npm run --silent explain < file.`,
  );
}

function explainOptions(
  { verify, at, region, presignedMethod, requestedMethod }: Options,
  { clock, environment }: CommandContext,
): ExplainOptions {
  const secretAccessKey = verify ? readSecretAccessKey(environment) : undefined;
  if (verify && !secretAccessKey) {
    throw new ConfigError('--verify needs S3_SECRET_ACCESS_KEY in the environment.');
  }
  return { now: at ?? clock.now(), region, presignedMethod, requestedMethod, secretAccessKey };
}

export const explain = { readOptions, run };

if (require.main === module) startCommand(explain);
