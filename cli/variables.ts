import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { types } from 'node:util';
import * as v from 'valibot';
import type { Variables } from '../src/config';
import { ConfigError, messageOf } from '../src/errors';

/** Variables for the command line alone: a deployment gets its account from Twilio, and never a key. */
export const COMMAND_LINE_VARIABLES: readonly string[] = [
  'ACCOUNT_SID',
  'AUTH_TOKEN',
  'API_KEY',
  'API_SECRET',
];

/** The file that the toolkit deploys variables from. */
export const ENV_FILE = '.env';

/**
 * The variables of an .env file; those of the shell override them.
 *
 * @param file must exist unless it is the default one
 * @throws {ConfigError} as `readEnvFile`
 */
export function loadVariables(file: string, shell: Variables): Variables {
  return { ...readEnvFile(file), ...shell };
}

/**
 * The variables of an .env file as Twilio's deployer deploys them, read by its own parser. All verbs
 * read with it, so that what is checked and used here is what is deployed.
 *
 * @param file must exist unless it is the default one
 * @throws {ConfigError} when it cannot be read, or when the deployer reads a line in another way than
 * a person does: it names each line and variable, never a value
 */
export function readEnvFile(file: string): Readonly<Record<string, string>> {
  const text = readText(file);
  const lines = text.split('\n');
  const problems = [...lines.flatMap(problemsOfLine), ...repeatedNames(lines)];
  if (problems.length === 0) return parseAsToolkit(text);
  throw new ConfigError(
    [
      `Twilio's deployer reads these lines of ${file} in another way than they look:`,
      ...problems.map((problem) => `  ${problem}`),
      'Write each variable once and on one line, as NAME=value or NAME="value", and each comment on a line of its own.',
    ].join('\n'),
  );
}

function readText(file: string): string {
  const bytes = readIfAny(file);
  // The bytes of UTF-16 in mere ASCII would be valid UTF-8, with a NUL at each letter.
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString();
  throw new ConfigError(
    `${file} is not UTF-8; PowerShell's > writes UTF-16, for example. Save it as UTF-8.`,
  );
}

function readIfAny(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const missing = types.isNativeError(cause) && 'code' in cause && cause.code === 'ENOENT';
    if (missing && file === ENV_FILE) return Buffer.alloc(0);
    throw new ConfigError(
      missing ? `There is no file ${file}.` : `Reading ${file}: ${messageOf(cause)}.`,
      { cause },
    );
  }
}

const dotenv = v.object({
  parse: v.custom<(text: string) => unknown>((value) => typeof value === 'function'),
});
const variablesSchema = v.record(v.string(), v.string());

function parseAsToolkit(text: string): Readonly<Record<string, string>> {
  const fromToolkit = createRequire(require.resolve('twilio-run/bin/twilio-run.js'));
  const { parse } = v.parse(dotenv, fromToolkit('dotenv'));
  return v.parse(variablesSchema, parse(text));
}

/** \s takes a byte order mark, too, as the toolkit does. */
const BLANK_OR_COMMENT = /^\s*(#.*)?\r?$/;
const ASSIGNMENT = /^\s*([\w.-]+)\s*=[^\S\r\n]*(.*?)\r?$/;

/** What the toolkit would read in another way than a person. It reads each line by itself. */
function problemsOfLine(line: string, index: number): string[] {
  if (BLANK_OR_COMMENT.test(line)) return [];
  const at = `line ${index + 1}`;
  const [, name, value] = ASSIGNMENT.exec(line) ?? [];
  if (name === undefined || value === undefined) {
    const exported = /^\s*export\s+([\w.-]+)/.exec(line)?.[1];
    // No more of the line is named: it may be the second line of a secret.
    return [
      exported === undefined
        ? `${at} is ignored: it is neither NAME=value nor a comment`
        : `${at}, ${exported}: ignored, because export stands before it`,
    ];
  }
  const meant = meaningOf(value);
  if (meant !== undefined && parseAsToolkit(line)[name] === meant) return [];
  return [`${at}, ${name}: ${reasonFor(value)}`];
}

/** What a person, Node and a shell take a value for; undefined where they may differ. */
function meaningOf(value: string): string | undefined {
  const [, quote, quoted] = /^(["'])(.*)\1$/.exec(value) ?? [];
  if (quote !== undefined && quoted !== undefined) {
    if (quoted.includes(quote)) return undefined;
    return quote === '"' ? quoted.replaceAll('\\n', '\n') : quoted;
  }
  return /^["'`]|["']$|#/.test(value) ? undefined : value.trim();
}

/** Why a value is read in another way than it looks. */
function reasonFor(value: string): string {
  const [, quote = '', rest] = /^(["'`])(.*)$/.exec(value) ?? [];
  if (quote === '`') return 'backquotes do not quote, and become part of the value';
  if (rest?.endsWith(quote) && rest.indexOf(quote) === rest.length - 1) {
    return 'blanks at the ends are lost, though they are quoted';
  }
  if (rest?.includes(quote))
    return 'what stands behind the closing quote becomes part of the value';
  if (rest !== undefined) return 'the value ends with the line, and the quote is lost';
  if (value.includes('#')) {
    return 'the # and all that follows become part of the value. Quote a value that has a #';
  }
  return 'the toolkit strips quotes and blanks from its end';
}

/** Of a name that is assigned twice, the last value would win. */
function repeatedNames(lines: readonly string[]): string[] {
  const numbers = new Map<string, number[]>();
  lines.forEach((line, index) => {
    const name = ASSIGNMENT.exec(line)?.[1];
    if (name !== undefined) numbers.set(name, [...(numbers.get(name) ?? []), index + 1]);
  });
  return [...numbers].flatMap(([name, at]) =>
    at.length > 1 ? [`lines ${at.join(' and ')}, ${name}: the last one wins`] : [],
  );
}
