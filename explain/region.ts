import type { Claims } from './claims';
import type { Refusal } from './types';

/**
 * The region that an AWS host names: `s3.eu-west-1.amazonaws.com`, with or without a bucket, FIPS,
 * dual-stack, or in the old form `s3-eu-west-1`. The global `s3.amazonaws.com` names none: it
 * answers for buckets of any older region.
 *
 * https://docs.aws.amazon.com/general/latest/gr/s3.html
 */
export function regionOfHost(host: string): string | undefined {
  const named =
    /(?:^|\.)s3(?:-fips)?[.-](?:dualstack\.)?(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;
  return named.exec(host)?.groups?.region;
}

/**
 * A bucket's website, `bucket.s3-website-eu-west-1.amazonaws.com` or `bucket.s3-website.…`, serves
 * what anybody may read, and nothing else.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */
export function websiteHost(host: string): Refusal | undefined {
  if (!/(?:^|\.)s3-website[.-][a-z\d-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return undefined;
  return {
    status: 403,
    code: 'AccessDenied',
    because: `${host} is a website endpoint, which takes every request for an anonymous one`,
    advice: ["Presign for the bucket's own host, <bucket>.s3.<region>.amazonaws.com."],
  };
}

/** S3's own hosts take signatures for the service s3 only; other servers are not so strict. */
export function wrongService({ service }: Claims, host: string): Refusal | undefined {
  const isS3 = /(?:^|\.)s3[.-](?:.+\.)?amazonaws\.com(?:\.cn)?$/.test(host);
  if (!isS3 || service === undefined || service === 's3') return undefined;
  return {
    status: 400,
    code: 'AuthorizationQueryParametersError',
    because: `it was signed for the service ${service} and S3 expects s3`,
    advice: ['Presign with the service s3.'],
  };
}

/** The region that was signed against the one that the host, or the caller, says. */
export function wrongRegion(
  claims: Claims,
  host: string,
  bucketRegion: string | undefined,
): Refusal | undefined {
  const region = bucketRegion ?? regionOfHost(host);
  if (!region || !claims.region || claims.region === region) return undefined;
  const source = bucketRegion === undefined ? 'the host is in' : 'the bucket is in';
  return {
    status: 400,
    code: 'AuthorizationQueryParametersError',
    because: `it was signed for the region ${claims.region} and ${source} ${region}`,
    advice: [`Presign with the region ${region} (here: S3_REGION).`],
  };
}
