import { hash } from 'node:crypto';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What a signing key is good for: one service in one region on one day. */
export interface CredentialScope {
  /** UTC, `20130524`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** `20130524/us-east-1/s3/aws4_request`. */
export function scopeText({ day, region, service }: CredentialScope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

/**
 * UTC in ISO 8601's basic format, `20130524T000000Z`: the value of `x-amz-date`.
 *
 * @throws {RangeError} when the date is invalid.
 */
export function amzDate(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/**
 * Step 2: the string to sign.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-string-to-sign
 *
 * @param date as `amzDate` gives it; its day is the scope's
 */
export function stringToSign(date: string, scope: CredentialScope, canonical: string): string {
  return [ALGORITHM, date, scopeText(scope), hash('sha256', canonical)].join('\n');
}
