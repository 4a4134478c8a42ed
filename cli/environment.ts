import { readFileSync } from 'node:fs';
import { parseEnv, types } from 'node:util';
import type { Environment } from '../src/config';
import { ConfigError, messageOf } from '../src/errors';

/** The file that the toolkit deploys variables from. */
export const ENV_FILE = '.env';

/**
 * The variables of an .env file, and those of the process before them.
 *
 * @param file must exist unless it is the default one
 * @throws {ConfigError} when it cannot be read
 */
export function loadEnvironment(file: string): Environment {
  return { ...readEnvironmentFile(file), ...process.env };
}

/**
 * The variables of an .env file alone: those that the toolkit deploys.
 *
 * @param file must exist unless it is the default one
 * @throws {ConfigError} when it cannot be read
 */
export function readEnvironmentFile(file: string): Environment {
  return parseEnv(readIfAny(file));
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
