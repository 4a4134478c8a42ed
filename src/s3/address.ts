import type { S3Config } from '../config';
import { encodeKey } from '../sigv4';

/** Where an object is, as the exact bytes that are signed and sent. */
export interface ObjectAddress {
  /** Such as https://bucket.s3.eu-central-1.amazonaws.com. */
  readonly origin: string;
  /** Value of the Host header: with the port where it is not the scheme's own. */
  readonly host: string;
  /** Percent-encoded, with a leading slash. */
  readonly path: string;
}

type Location = Pick<S3Config, 'bucket' | 'region' | 'endpoint'>;

/**
 * The address of an object: virtual-host style on AWS, path style on a server of one's own, and on
 * AWS where a dot in the bucket's name would not match its wildcard certificate.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 *
 * @throws {RangeError} when the key cannot be addressed.
 */
export function objectAddress({ bucket, region, endpoint }: Location, key: string): ObjectAddress {
  const path = encodeKey(key);
  if (endpoint !== undefined) {
    return { origin: endpoint, host: new URL(endpoint).host, path: `/${bucket}${path}` };
  }
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return bucket.includes('.')
    ? { origin: `https://${host}`, host, path: `/${bucket}${path}` }
    : { origin: `https://${bucket}.${host}`, host: `${bucket}.${host}`, path };
}
