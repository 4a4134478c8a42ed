import { PRESIGNED_SECONDS, S3_CLOCK_SKEW_MS } from '../src/limits';
import { ALGORITHM, amzDate } from '../src/sigv4/sign';
import { readAwsHost } from './aws-host';
import type { S3ErrorReply } from './explain';
import { REQUIRED_PARAMETERS, type SigningParameters } from './presigned-url';
import { formatDuration, formatTime } from './print';

/**
 * A request that lost its signature, or a part of it.
 *
 * @param advice how that may have come about
 */
export function checkSigned(
  { missing }: SigningParameters,
  advice: readonly string[],
): S3ErrorReply | undefined {
  if (missing.length === 0) return undefined;
  if (missing.length < REQUIRED_PARAMETERS.length) {
    return unreadable(`the query has no ${missing.join(', no ')} any more`, advice);
  }
  return denied(
    'the requested URL carries no signature at all, which makes it an anonymous request',
    advice,
  );
}

/** Parameters that S3 cannot read: it then does not check the signature. */
export function checkForm(signing: SigningParameters): S3ErrorReply | undefined {
  const { missing, algorithm, signedAt, expiresInSeconds, day } = signing;
  if (missing.length > 0) return undefined;
  if (algorithm !== ALGORITHM) return unreadable(`X-Amz-Algorithm is not ${ALGORITHM}`);
  if (!signedAt) return unreadable('X-Amz-Date is not of the form 20130524T000000Z');
  if (expiresInSeconds === undefined || expiresInSeconds > PRESIGNED_SECONDS) {
    return unreadable(
      `X-Amz-Expires is not a number of seconds from 0 to ${PRESIGNED_SECONDS} (seven days)`,
    );
  }
  if (day === undefined) {
    return unreadable(
      'X-Amz-Credential is not of the form <access key id>/<day>/<region>/<service>/aws4_request',
    );
  }
  if (!amzDate(signedAt).startsWith(day)) {
    return unreadable(
      `X-Amz-Credential is of the day ${day} and X-Amz-Date of ${amzDate(signedAt).slice(0, 8)}`,
    );
  }
  return undefined;
}

/**
 * A bucket's website serves only what is public.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */
export function checkWebsite(host: string): S3ErrorReply | undefined {
  if (!readAwsHost(host)?.isWebsite) return undefined;
  return denied(`${host} is a website endpoint, which takes every request for an anonymous one`, [
    "Presign for the bucket's own host, <bucket>.s3.<region>.amazonaws.com.",
  ]);
}

/** AWS's own hosts take signatures for their service only; other servers are not so strict. */
export function checkService(
  { service }: SigningParameters,
  host: string,
): S3ErrorReply | undefined {
  const expected = readAwsHost(host)?.service;
  if (expected === undefined || service === undefined || service === expected) return undefined;
  return unreadable(`it was signed for the service ${service} and the host expects ${expected}`, [
    `Presign with the service ${expected}.`,
  ]);
}

/**
 * The region that was signed against the bucket's.
 *
 * @param bucketRegion default: what the host says
 */
export function checkRegion(
  signing: SigningParameters,
  host: string,
  bucketRegion: string | undefined,
): S3ErrorReply | undefined {
  const region = bucketRegion ?? regionOfHost(host);
  if (!region || !signing.region || signing.region === region) return undefined;
  const source = bucketRegion === undefined ? 'the host is in' : 'the bucket is in';
  return unreadable(`it was signed for the region ${signing.region} and ${source} ${region}`, [
    `Presign with the region ${region} (here: S3_REGION).`,
  ]);
}

/** A website takes no signature, whatever its region. */
function regionOfHost(host: string): string | undefined {
  const { region, isWebsite } = readAwsHost(host) ?? {};
  return isWebsite ? undefined : region;
}

/** S3 knows temporary keys (ASIA…) only together with their session token. */
export function checkToken({ accessKeyId, hasToken }: SigningParameters): S3ErrorReply | undefined {
  if (!accessKeyId?.startsWith('ASIA') || hasToken) return undefined;
  return {
    status: 403,
    code: 'InvalidAccessKeyId',
    because:
      'the access key is a temporary one (ASIA…) and the URL has no X-Amz-Security-Token to go with it',
    advice: ['Give the signer the session token that came with the key, and presign again.'],
  };
}

/**
 * Too early or too late.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function checkTime(
  { signedAt, expiresAt }: SigningParameters,
  now: Date | undefined,
): S3ErrorReply | undefined {
  if (!now || !signedAt || !expiresAt) return undefined;
  const aheadMs = signedAt.getTime() - now.getTime();
  if (aheadMs > S3_CLOCK_SKEW_MS) {
    return denied(
      `it is not valid yet: X-Amz-Date is ${formatDuration(aheadMs)} in the future, and S3 allows clocks to differ by ${formatDuration(S3_CLOCK_SKEW_MS)}`,
      [
        'The clock of the machine that signed is ahead, or that of this machine is behind: set both by NTP.',
      ],
    );
  }
  const pastMs = now.getTime() - expiresAt.getTime();
  if (pastMs <= 0) return undefined;
  const lifeMs = expiresAt.getTime() - signedAt.getTime();
  return denied(
    `it expired ${formatDuration(pastMs)} ago, at ${formatTime(expiresAt)}, after a life of ${formatDuration(lifeMs)}`,
    ['Presign shortly before use, or play what does not expire: an Asset.'],
  );
}

/** A date that is ahead of the clock, but not so far that S3 refuses it. */
export function skewNote(
  { signedAt }: SigningParameters,
  now: Date | undefined,
): string | undefined {
  const aheadMs = signedAt && now ? signedAt.getTime() - now.getTime() : 0;
  if (aheadMs <= 0 || aheadMs > S3_CLOCK_SKEW_MS) return undefined;
  return `X-Amz-Date is ${formatDuration(aheadMs)} in the future: the signer's clock is ahead. S3 allows ${formatDuration(S3_CLOCK_SKEW_MS)}.`;
}

function denied(because: string, advice: readonly string[]): S3ErrorReply {
  return { status: 403, code: 'AccessDenied', because, advice };
}

function unreadable(
  because: string,
  advice: readonly string[] = ['Presign again; nothing that was signed may be edited.'],
): S3ErrorReply {
  return { status: 400, code: 'AuthorizationQueryParametersError', because, advice };
}
