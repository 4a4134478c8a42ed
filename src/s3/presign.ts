import type { S3Config } from '../config';
import { presignQuery } from '../sigv4';
import { objectAddress } from './address';

/**
 * A presigned GET URL: what this project replaces. The inspector shows why.
 *
 * @param expiresIn seconds, 1 to 604800
 */
export function presignedUrl(s3: S3Config, key: string, now: Date, expiresIn: number): string {
  const { origin, host, path } = objectAddress(s3, key);
  const { credentials, region } = s3;
  const query = presignQuery(
    { method: 'GET', host, path },
    { credentials, region, now, expiresIn },
  );
  return `${origin}${path}?${query}`;
}
