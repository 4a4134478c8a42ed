import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseEnv, types } from 'node:util';
import * as v from 'valibot';
import type { Variables } from '../src/config';
import { ConfigError, messageOf } from '../src/errors';

/** The file that the toolkit deploys variables from. */
export const ENV_FILE = '.env';

/**
 * The variables of an .env file; those of the shell override them.
 *
 * @param file must exist unless it is the default one
 * @throws {ConfigError} when it cannot be read
 */
export function loadVariables(file: string, shell: Variables): Variables {
  return { ...parseEnv(readIfAny(file)), ...shell };
}

function readIfAny(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = types.isNativeError(cause) && 'code' in cause && cause.code === 'ENOENT';
    if (missing && file === ENV_FILE) return '';
    throw new ConfigError(
      missing ? `There is no file ${file}.` : `Reading ${file}: ${messageOf(cause)}.`,
      { cause },
    );
  }
}

const fromToolkit = createRequire(require.resolve('twilio-run/bin/twilio-run.js'));
const dotenv = v.object({
  parse: v.custom<(text: string) => unknown>((value) => typeof value === 'function'),
});
const variablesSchema = v.record(v.string(), v.string());

/**
 * The variables of the .env file as the toolkit deploys them, by the toolkit's own parser: it reads
 * `export` and comments behind values in another way than Node and shells do.
 *
 * @throws {ConfigError} naming each variable that the two read differently, never a value
 */
export function readDeployedVariables(file = ENV_FILE): Variables {
  const text = readIfAny(file);
  const { parse } = v.parse(dotenv, fromToolkit('dotenv'));
  const deployed = v.parse(variablesSchema, parse(text));
  const meant = parseEnv(text);
  const names = new Set([...Object.keys(deployed), ...Object.keys(meant)]);
  const problems = [...names].flatMap((name) =>
    (deployed[name] ?? '') === (meant[name] ?? '') ? [] : [`  ${name}`],
  );
  if (problems.length === 0) return deployed;
  throw new ConfigError(
    [
      `Twilio's deployer would read these lines of ${file} in another way:`,
      ...problems,
      'Write each as NAME=value, without export or a comment behind it, in a file that begins with a letter (UTF-8 without a byte order mark).',
    ].join('\n'),
  );
}
