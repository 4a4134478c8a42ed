import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as v from 'valibot';
import type { Environment } from '../../src/config';
import { ConfigError } from '../../src/errors';
import { readEnvironmentFile } from '../environment';

const fromToolkit = createRequire(require.resolve('twilio-run/bin/twilio-run.js'));
const dotenv = v.object({
  parse: v.custom<(text: string) => unknown>((value) => typeof value === 'function'),
});
const variablesSchema = v.record(v.string(), v.string());

/**
 * The variables of an .env file as the toolkit deploys them: read by its own parser, which takes
 * `export` and comments behind values for something else than Node and shells do.
 *
 * @throws {ConfigError} naming each variable that the two read differently, never a value
 */
export function readDeployedVariables(file: string): Environment {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const { parse } = v.parse(dotenv, fromToolkit('dotenv'));
  const deployed = v.parse(variablesSchema, parse(text));
  const meant = readEnvironmentFile(file);
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
