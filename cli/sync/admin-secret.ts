import { ADMIN_SECRET_LENGTH, type Environment } from '../../src/config';
import { ConfigError } from '../../src/errors';

/**
 * The bearer secret of /sync.
 *
 * @throws {ConfigError} when it is not set, or is none that a deployment accepts
 */
export function adminSecretOf({ ADMIN_SECRET: secret }: Environment): string {
  // A header carries no other characters.
  const form = new RegExp(`^[\\x20-\\x7e]{${ADMIN_SECRET_LENGTH},}$`);
  if (typeof secret === 'string' && form.test(secret)) return secret;
  throw new ConfigError(
    `ADMIN_SECRET is not set, or not ${ADMIN_SECRET_LENGTH} ASCII characters or more: --remote needs the one that the deployment has.`,
  );
}
