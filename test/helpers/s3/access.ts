import type { S3Config } from '../../../src/config';
import { credentialsOf } from '../../../src/credentials/with-aws-clients';
import type { S3Access } from '../../../src/s3/address';

/**
 * The bucket with credentials, ready to sign requests.
 *
 * @throws {CredentialsError} when temporary credentials cannot be had
 */
export async function accessTo(s3: S3Config): Promise<S3Access> {
  return { ...s3, credentials: await credentialsOf(s3.credentials) };
}
