import type { IncomingHttpHeaders } from 'node:http';
import S3Error from '@20minutes/s3rver/lib/models/error';
import v2 from '@20minutes/s3rver/lib/signature/v2';
import v4 from '@20minutes/s3rver/lib/signature/v4';
import { scopeFault } from '../credential-scope';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (RequestTimeTooSkewed) */
const allowedSkewMs = 15 * 60_000;

const longFormat = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Milliseconds since the epoch of `20130524T000000Z`; NaN for anything else. */
function parseLongFormat(time: string): number {
  return longFormat.test(time) ? Date.parse(time.replace(longFormat, '$1-$2-$3T$4:$5:$6Z')) : NaN;
}

const isoSeconds = (milliseconds: number) =>
  new Date(milliseconds).toISOString().replace(/\.\d+/, '');

/** The time of a request signed in its header: x-amz-date, otherwise Date, in the long format. */
function requestTime(headers: IncomingHttpHeaders): string {
  const time = headers['x-amz-date'];
  if (time === undefined && headers.date && !Number.isNaN(Date.parse(headers.date))) {
    return isoSeconds(Date.parse(headers.date)).replace(/[-:]/g, '');
  }
  if (typeof time === 'string' && !Number.isNaN(parseLongFormat(time))) return time;
  throw new S3Error(
    'AccessDenied',
    'AWS authentication requires a valid Date or x-amz-date header',
  );
}

/**
 * Checks what an Authorization header claims. The server looks at neither region nor service nor
 * date of the scope, takes any form of date, and does not verify the chunks of a streamed payload.
 */
export function checkHeaderClaims(region: string): void {
  const parseHeader = v4.parseHeader;
  v4.parseHeader = (headers) => {
    const claimed = parseHeader(headers);
    if (/^STREAMING-/.test(String(headers['x-amz-content-sha256']))) {
      throw new S3Error(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented',
        { Header: 'x-amz-content-sha256' },
      );
    }
    const time = requestTime(headers);
    const fault = scopeFault(claimed.credential, region, time.slice(0, 8));
    if (fault) {
      throw new S3Error(
        'AuthorizationHeaderMalformed',
        `The authorization header is malformed; ${fault.message}`,
        fault.region ? { Region: fault.region } : {},
      );
    }
    return { ...claimed, time };
  };
}

/**
 * Checks what a presigned URL claims. The server looks at neither region nor service nor date of
 * the scope, lets a URL be dated in the future, and never expires one whose X-Amz-Expires is not a
 * number.
 */
export function checkQueryClaims(region: string, now: () => number = Date.now): void {
  const parseQuery = v4.parseQuery;
  const refuse = (message: string, detail = {}) =>
    new S3Error('AuthorizationQueryParametersError', message, detail);

  v4.parseQuery = (query) => {
    const expires = query['X-Amz-Expires'];
    if (expires !== undefined && !/^-?\d+$/.test(expires)) {
      throw refuse('X-Amz-Expires should be a number');
    }
    if (Number(expires) < 0) throw refuse('X-Amz-Expires must be non-negative');
    const date = query['X-Amz-Date'];
    const time = parseLongFormat(date ?? '');
    if (date !== undefined && Number.isNaN(time)) {
      throw refuse("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    }
    const claimed = parseQuery(query);
    const fault = scopeFault(claimed.credential, region, (date ?? '').slice(0, 8));
    if (fault) {
      throw refuse(
        `Error parsing the X-Amz-Credential parameter; ${fault.message}`,
        fault.region ? { Region: fault.region } : {},
      );
    }
    if (time > now() + allowedSkewMs) {
      throw new S3Error('AccessDenied', 'Request is not yet valid', {
        'X-Amz-Date': time,
        Expires: isoSeconds(time + Number(expires) * 1000),
        ServerTime: isoSeconds(now()),
      });
    }
    return claimed;
  };
}

/**
 * Refuses Signature Version 2, as S3 does for buckets made since June 2020. It leaves parameters
 * that it does not know out of the signature, which is the very thing that this server is to show.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/Appendix-Sigv2.html
 */
export function refuseVersion2(): void {
  const refuse = (): never => {
    throw new S3Error(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  };
  v2.parseHeader = refuse;
  v2.parseQuery = refuse;
}
