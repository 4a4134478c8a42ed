import { Command, InvalidArgumentError } from 'commander';
import { createColors } from 'picocolors';
import {
  assumePresigned,
  type ExplainOptions,
  type Explanation,
  explain as explainUrls,
  printExplanation,
} from '../explain';
import { readSecretAccessKey } from '../src/config';
import { ConfigError } from '../src/errors';
import type { CommandContext } from './command-context';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { ENV_FILE, loadVariables } from './variables';

interface Options {
  /** The presigned and the requested one, or the requested one; without any they are read from the input. */
  readonly urls: readonly string[];
  readonly at?: Date;
  readonly region?: string;
  readonly presignedMethod?: string;
  readonly requestedMethod?: string;
  readonly verify?: true;
  readonly verbose?: true;
  /** File with the secret for `verify`. */
  readonly env: string;
  readonly json?: true;
}

const DESCRIPTION = `Explains why S3 answers a presigned URL with an error such as SignatureDoesNotMatch: compares the URL that was presigned with the one that S3 got. Needs no secret, sends nothing. Signatures, session tokens, access key ids and phone numbers are masked in all that it prints.`;

const MORE = `
Put both URLs in single quotes, as & ends a command in the shell. Or give none, and paste them one a line; with --silent, npm does not print them either:
  npm run --silent explain

With the requested URL alone, what stands in it up to its last signing parameter is taken as what was presigned.

Exit code:
  0  S3 has nothing against the request
  1  S3 refuses it
  2  wrong usage`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run explain --')
    .description(DESCRIPTION)
    .argument('[presigned-url]', 'as the signer made it; may be left out')
    .argument('[requested-url]', 'as S3 got it: whole, or path and query from an access log')
    .option('--at <time>', 'when S3 got it, such as 2026-11-22T03:00:00Z (default: now)', readTime)
    .option('--region <name>', "the bucket's region (default: what an AWS host says)")
    .option('--presigned-method <verb>', 'the method presigned for (default: GET)')
    .option('--requested-method <verb>', 'the method sent (default: the presigned one)')
    .option('--verify', "check the presigned URL's own signature with the secret of the access key")
    .option('--verbose', 'also print the canonical requests, line by line, and their hashes')
    .option(
      '--env <file>',
      'file with S3_ACCESS_KEY or S3_SECRET_ACCESS_KEY, for --verify',
      ENV_FILE,
    )
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
  const urls = await readUrls(options.urls, context);
  const explanation = explainOrRefuse(urls, explainOptions(options, context));
  const { verbose = false } = options;
  context.write(
    options.json
      ? `${JSON.stringify(explanation, undefined, 2)}\n`
      : printExplanation(explanation, {
          colors: createColors(context.colors),
          width: context.width,
          verbose,
        }),
  );
  return explanation.accepted ? 'done' : 'failed';
}

/** The URL that was requested, and the one that was presigned, if it is known. */
interface GivenUrls {
  readonly presigned: string | undefined;
  readonly requested: string;
}

/** @throws {ConfigError} when one is not a URL, or the first is not presigned */
function explainOrRefuse(
  { presigned, requested }: GivenUrls,
  options: ExplainOptions,
): Explanation {
  try {
    return presigned === undefined
      ? explainUrls(assumePresigned(requested), requested, { ...options, isAssumed: true })
      : explainUrls(presigned, requested, options);
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new ConfigError(`${thrown.message}.`);
    throw thrown;
  }
}

async function readUrls(
  args: readonly string[],
  { input, writeError }: CommandContext,
): Promise<GivenUrls> {
  if (args.length === 0 && input.isTerminal) {
    writeError(
      'Paste the presigned URL and the requested one, each on a line. (Only the requested one? An empty line ends.)\n',
    );
  }
  const lines = args.length > 0 ? args : await input.readLines(isComplete);
  const [first, second, ...more] = urlsIn(lines);
  if (first !== undefined && more.length === 0) {
    return second === undefined
      ? { presigned: undefined, requested: first }
      : { presigned: first, requested: second };
  }
  throw new ConfigError(
    "Give two URLs in single quotes, the presigned and the requested one ('…' '…'), or paste them one a line. The requested one alone will do, too.",
  );
}

function urlsIn(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter(Boolean);
}

/** Two URLs, or an empty line behind one. */
function isComplete(lines: readonly string[]): boolean {
  const { length } = urlsIn(lines);
  return length === 2 || (length === 1 && lines.at(-1)?.trim() === '');
}

function explainOptions(
  { verify, env, at, region, presignedMethod, requestedMethod }: Options,
  { clock, environment }: CommandContext,
): ExplainOptions {
  const secretAccessKey = verify ? readSecretAccessKey(loadVariables(env, environment)) : undefined;
  if (verify && !secretAccessKey) {
    throw new ConfigError(
      `--verify needs S3_ACCESS_KEY or S3_SECRET_ACCESS_KEY, in ${env} or in the shell.`,
    );
  }
  return { now: at ?? clock.now(), region, presignedMethod, requestedMethod, secretAccessKey };
}

export const explain = { readOptions, run };

export const main = () => startCommand(explain);
