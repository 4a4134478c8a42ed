import { systemClock } from '../clock';
import type { S3Config } from '../config';
import type { S3Access } from '../s3/address';
import { createCredentials } from './credentials';

/** Credentials for the command line, the sandbox and /sync, which have AWS's clients at hand. */
export const credentialsOf = createCredentials({
  clock: systemClock,
  loadProviders: () => import('./sts-and-cognito'),
});

/**
 * What it takes to sign requests for a configured bucket.
 *
 * @throws {CredentialsError} when temporary credentials cannot be had
 */
export async function accessTo(s3: S3Config): Promise<S3Access> {
  return { ...s3, credentials: await credentialsOf(s3.credentials) };
}
