import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from '../src/config';
import { ConfigError } from '../src/errors';

/** The file that the toolkit deploys variables from. */
export const ENV_FILE = '.env';

/**
 * The variables of an .env file, and those of the process before them.
 *
 * @param file must exist unless it is the default one
 * @throws {ConfigError} when it does not
 */
export function loadEnvironment(file: string): Environment {
  if (existsSync(file)) return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env };
  if (file === ENV_FILE) return process.env;
  throw new ConfigError(`There is no file ${file}.`);
}
