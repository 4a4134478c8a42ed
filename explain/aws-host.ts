import { AWS_DNS_SUFFIXES } from '../src/s3/address';

/** What a host of S3's on AWS says about itself. */
export interface AwsHost {
  /** The service that a signature for it names. */
  readonly service: string;
  /** Undefined where the host names none, as `s3.amazonaws.com`. */
  readonly region: string | undefined;
  /** A bucket's website, `bucket.s3-website-eu-west-1.amazonaws.com` or `bucket.s3-website.…`. */
  readonly isWebsite: boolean;
}

const REGION = /^[a-z]+(?:-[a-z]+)+-\d+$/;

/**
 * Hosts that take signatures for a service of their own; all others take those for `s3`.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/olap-writing-lambda.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-regional-zonal-endpoints.html
 */
const OWN_SERVICE = /^s3(?:-object-lambda|-outposts|express)/;

/**
 * Reads the host of a bucket, an access point or a VPC endpoint, dual-stack and FIPS included:
 * `bucket.s3.eu-west-1.amazonaws.com`, `bucket.s3-eu-west-1.amazonaws.com` (the old form),
 * `name-123456789012.s3-accesspoint.dualstack.eu-west-1.amazonaws.com`,
 * `bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com`.
 *
 * https://docs.aws.amazon.com/general/latest/gr/s3.html
 *
 * @returns undefined for a host that is not of S3 on AWS
 */
export function readAwsHost(host: string): AwsHost | undefined {
  const domain = AWS_DNS_SUFFIXES.find((each) => host.endsWith(`.${each}`));
  if (domain === undefined) return undefined;
  const labels = host.slice(0, -domain.length - 1).split('.');
  // The last one: a bucket may be called s3, too.
  const at = labels.findLastIndex((label) => /^s3(?:-|express-|$)/.test(label));
  const label = labels[at];
  if (label === undefined) return undefined;
  const following = labels.slice(at + 1).find((each) => each !== 'dualstack') ?? '';
  const old = label.replace(/^s3-(?:website-)?/, '');
  return {
    service: OWN_SERVICE.exec(label)?.[0] ?? 's3',
    region: [following, old].find((each) => REGION.test(each)),
    isWebsite: label.startsWith('s3-website'),
  };
}
