import { type Environment, readAdminSecret } from '../../src/config';
import { ConfigError } from '../../src/errors';
import { ADMIN_SECRET_CHARACTERS } from '../../src/limits';

/**
 * The bearer secret of /sync.
 *
 * @throws {ConfigError} when it is not set, or is none that a deployment accepts
 */
export function adminSecretOf(environment: Environment): string {
  const secret = readAdminSecret(environment);
  if (secret !== undefined) return secret;
  throw new ConfigError(
    `ADMIN_SECRET is not set, or not ${ADMIN_SECRET_CHARACTERS} ASCII characters or more: --remote needs the one that the deployment has.`,
  );
}
