import { InvalidArgumentError } from 'commander';
import { isLoopback } from '../src/config';

/**
 * Reads the origin of a deployment from the command line.
 *
 * @throws {InvalidArgumentError} for anything else
 */
export function readOrigin(text: string): string {
  if (URL.canParse(text)) {
    const { origin, protocol, host, pathname, search, username } = new URL(text);
    const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(host));
    if (safe && pathname === '/' && search === '' && username === '') return origin;
  }
  throw new InvalidArgumentError(
    'It must be an origin, such as https://name-1234-dev.twil.io (http only for localhost).',
  );
}
