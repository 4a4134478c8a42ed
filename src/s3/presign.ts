import { presignQuery } from '../sigv4';
import { objectAddress, type S3Access } from './address';

/**
 * A presigned GET URL: what this project replaces. The inspector shows why.
 *
 * @param expiresIn seconds, 1 to 604800
 */
export function presignedUrl(access: S3Access, key: string, now: Date, expiresIn: number): string {
  const { origin, host, path } = objectAddress(access, key);
  const { credentials, region } = access;
  const query = presignQuery(
    { method: 'GET', host, path },
    { credentials, region, now, expiresIn },
  );
  return `${origin}${path}?${query}`;
}
