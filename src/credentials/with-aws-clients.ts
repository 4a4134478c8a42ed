import { systemClock } from '../clock';
import type { S3Config } from '../config';
import type { S3Access } from '../s3/address';
import { createCredentials } from './credentials';

/** Credentials by AWS's clients, for programs that can afford to load them: cli, sandbox and /sync. */
export const credentialsOf = createCredentials({
  clock: systemClock,
  loadProviders: () => import('./sts-and-cognito'),
});

/**
 * The bucket with credentials, ready to sign requests.
 *
 * @throws {CredentialsError} when temporary credentials cannot be had
 */
export async function accessTo(s3: S3Config): Promise<S3Access> {
  return { ...s3, credentials: await credentialsOf(s3.credentials) };
}
