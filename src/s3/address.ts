import type { S3Config } from '../config';
import { encodeKey } from '../sigv4/encode';
import type { Credentials } from '../sigv4/sign';

/** Where a bucket is. */
export type S3Location = Pick<S3Config, 'bucket' | 'region' | 'endpoint' | 'addressingStyle'>;

/** A bucket and the credentials for it: what a signature needs. */
export interface S3Access extends S3Location {
  readonly credentials: Credentials;
}

/** The address of an object, as the exact bytes that are signed and sent. */
export interface ObjectAddress {
  /** Such as https://bucket.s3.eu-central-1.amazonaws.com. */
  readonly origin: string;
  /** Value of the Host header: with the port where it is not the scheme's own. */
  readonly host: string;
  /** Percent-encoded, with a leading slash. */
  readonly path: string;
}

/**
 * Whether the bucket's name is in the path, not in the host name. By default it is on servers other
 * than AWS, which need not have a host name for each bucket, and on AWS for a name with a dot, which
 * AWS's wildcard certificate does not cover.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function usesPathStyle({ bucket, endpoint, addressingStyle }: S3Location): boolean {
  if (addressingStyle !== 'auto') return addressingStyle === 'path';
  return endpoint !== undefined || bucket.includes('.');
}

/** The origin of S3 in a region, or of another server; the bucket's name may come in front of it. */
export function serverOrigin({ region, endpoint }: S3Location): string {
  return endpoint ?? `https://s3.${region}.${awsDnsSuffix(region)}`;
}

/**
 * The address of an object.
 *
 * @throws {RangeError} when the key cannot be addressed
 */
export function objectAddress(location: S3Location, key: string): ObjectAddress {
  const path = encodeKey(key);
  const { origin, host, path: bucketPath } = bucketAddress(location);
  return { origin, host, path: `${bucketPath}${path}` };
}

/** The last bucket's: reading a URL takes half of the time of an object's address. */
let latest: { readonly location: S3Location; readonly address: ObjectAddress } | undefined;

/** The address of a bucket; without a slash at its end. */
export function bucketAddress(location: S3Location): ObjectAddress {
  if (latest && isSameLocation(latest.location, location)) return latest.address;
  const { bucket, region, endpoint, addressingStyle } = location;
  const { origin, protocol, host } = new URL(serverOrigin(location));
  const address = usesPathStyle(location)
    ? { origin, host, path: `/${bucket}` }
    : { origin: `${protocol}//${bucket}.${host}`, host: `${bucket}.${host}`, path: '' };
  latest = { location: { bucket, region, endpoint, addressingStyle }, address };
  return address;
}

function isSameLocation(a: S3Location, b: S3Location): boolean {
  return (
    a.bucket === b.bucket &&
    a.region === b.region &&
    a.endpoint === b.endpoint &&
    a.addressingStyle === b.addressingStyle
  );
}

/** Whether `objectAddress` accepts a key. */
export function isAddressable(key: string): boolean {
  try {
    encodeKey(key);
    return true;
  } catch {
    return false;
  }
}

/**
 * The DNS suffixes of AWS's partitions other than amazonaws.com, by the beginnings of their regions.
 * A test holds them against the table that AWS's own SDK brings along; that one, with every region,
 * would make the proxy's bundle a tenth larger.
 */
const DNS_SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^eu-isoe-/, 'cloud.adc-e.uk'],
  [/^us-isof-/, 'csp.hci.ic.gov'],
];

/** The domains of all partitions. */
export const AWS_DNS_SUFFIXES: readonly string[] = [
  'amazonaws.com',
  ...DNS_SUFFIXES.map(([, suffix]) => suffix),
];

/** The domain under which AWS has the services of a region. */
export function awsDnsSuffix(region: string): string {
  return DNS_SUFFIXES.find(([regions]) => regions.test(region))?.[1] ?? 'amazonaws.com';
}
