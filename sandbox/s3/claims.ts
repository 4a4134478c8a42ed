import { PRESIGNED_SECONDS, S3_CLOCK_SKEW_MS } from '../../src/limits';
import { type ErrorDetails, S3ErrorResponse } from './errors';
import { type Parameter, parameter, type S3Request } from './request';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What a request says about its signature. */
export interface Claims {
  /** Parts of `AKID/date/region/service/aws4_request`. */
  readonly credential: readonly string[];
  /** Such as 20130524T000000Z. */
  readonly longDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** 64 hexadecimal digits, or UNSIGNED-PAYLOAD. */
  readonly payloadHash: string;
  /** The parameters that are signed. */
  readonly query: readonly Parameter[];
  /** The error for a credential that cannot be right. */
  readonly badCredential: (message: string, details?: ErrorDetails) => S3ErrorResponse;
}

/**
 * Reads the Authorization header or the query of a presigned URL.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 *
 * @throws {S3ErrorResponse} for an anonymous request, one whose claims are malformed, or too early or late
 */
export function readClaims(request: S3Request, now: Date): Claims {
  const authorization = request.headers.get('authorization');
  const isPresigned = parameter(request, 'X-Amz-Algorithm') !== undefined;
  const isVersion2 = parameter(request, 'Signature') !== undefined;
  if (authorization === undefined && !isPresigned && !isVersion2) {
    throw new S3ErrorResponse('AccessDenied');
  }
  if (authorization !== undefined && (isPresigned || isVersion2)) {
    throw new S3ErrorResponse('InvalidArgument', {}, 'Only one auth mechanism allowed');
  }
  // Buckets made since June 2020 do not take Signature Version 2, which leaves unknown parameters
  // unsigned. https://docs.aws.amazon.com/AmazonS3/latest/API/Appendix-Sigv2.html
  if (isVersion2 || authorization?.startsWith('AWS ')) {
    const message = 'The authorization mechanism you have provided is not supported.';
    throw new S3ErrorResponse('InvalidRequest', {}, `${message} Please use ${ALGORITHM}.`);
  }
  return authorization === undefined
    ? readPresigned(request, now)
    : readAuthorization(request, authorization, now);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html */
function readAuthorization(request: S3Request, authorization: string, now: Date): Claims {
  const malformed = (message: string, details?: ErrorDetails) =>
    new S3ErrorResponse(
      'AuthorizationHeaderMalformed',
      details,
      `The authorization header is malformed; ${message}`,
    );
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw new S3ErrorResponse('InvalidArgument', {}, 'Unsupported Authorization Type');
  }
  const component = (name: string) =>
    new RegExp(`[ ,]${name}=([^, ]+)`).exec(authorization)?.[1] ?? '';
  const credential = component('Credential');
  const signedHeaders = component('SignedHeaders');
  const signature = component('Signature');
  if (!credential || !signedHeaders || !signature) {
    throw malformed(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    );
  }
  const longDate = dateOf(request);
  if (Math.abs(parseLongDate(longDate) - now.getTime()) > S3_CLOCK_SKEW_MS) {
    throw new S3ErrorResponse('RequestTimeTooSkewed', {
      RequestTime: longDate,
      ServerTime: isoSeconds(now.getTime()),
      MaxAllowedSkewMilliseconds: S3_CLOCK_SKEW_MS,
    });
  }
  const payloadHash = request.headers.get('x-amz-content-sha256');
  if (payloadHash === undefined) {
    const message = 'Missing required header for this request: x-amz-content-sha256';
    throw new S3ErrorResponse('InvalidRequest', {}, message);
  }
  return {
    credential: credential.split('/'),
    longDate,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash: checkPayloadHash(payloadHash),
    query: request.query,
    badCredential: malformed,
  };
}

const PRESIGNED_PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function readPresigned(request: S3Request, now: Date): Claims {
  const malformed = (message: string, details?: ErrorDetails) =>
    new S3ErrorResponse('AuthorizationQueryParametersError', details, message);
  const names = request.query.map(([name]) => name).filter((name) => /^x-amz-/i.test(name));
  // What S3 answers is not documented.
  if (new Set(names).size < names.length) {
    throw malformed('An X-Amz-* parameter was given more than once');
  }
  const [algorithm, credential = '', signature = '', longDate = '', signedHeaders = '', life = ''] =
    PRESIGNED_PARAMETERS.map((name) => parameter(request, name));
  if (!credential || !signature || !longDate || !signedHeaders || !life) {
    throw malformed(
      `Query-string authentication version 4 requires the ${PRESIGNED_PARAMETERS.join(', ')} parameters.`,
    );
  }
  if (algorithm !== ALGORITHM) throw malformed(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  if (!/^-?\d+$/.test(life)) throw malformed('X-Amz-Expires should be a number');
  if (Number(life) < 0) throw malformed('X-Amz-Expires must be non-negative');
  if (Number(life) > PRESIGNED_SECONDS) {
    throw malformed(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${PRESIGNED_SECONDS} seconds`,
    );
  }
  const time = parseLongDate(longDate);
  if (Number.isNaN(time)) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expiry = time + Number(life) * 1000;
  const times = { Expires: isoSeconds(expiry), ServerTime: isoSeconds(now.getTime()) };
  if (time > now.getTime() + S3_CLOCK_SKEW_MS) {
    throw new S3ErrorResponse('AccessDenied', times, 'Request is not yet valid');
  }
  if (expiry < now.getTime()) {
    throw new S3ErrorResponse(
      'AccessDenied',
      { 'X-Amz-Expires': life, ...times },
      'Request has expired',
    );
  }
  return {
    credential: credential.split('/'),
    longDate,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash: checkPayloadHash(
      parameter(request, 'X-Amz-Content-Sha256') ??
        request.headers.get('x-amz-content-sha256') ??
        'UNSIGNED-PAYLOAD',
    ),
    query: request.query.filter(([name]) => name !== 'X-Amz-Signature'),
    badCredential: (message, details) =>
      malformed(`Error parsing the X-Amz-Credential parameter; ${message}`, details),
  };
}

function checkPayloadHash(payloadHash: string): string {
  if (payloadHash === 'UNSIGNED-PAYLOAD' || /^[\da-f]{64}$/.test(payloadHash)) return payloadHash;
  if (payloadHash.startsWith('STREAMING-')) {
    throw new S3ErrorResponse('NotImplemented', { Header: 'x-amz-content-sha256' });
  }
  const message = 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.';
  throw new S3ErrorResponse('InvalidArgument', {}, message);
}

/** The long date of a request that is signed in its header: X-Amz-Date, otherwise Date. */
function dateOf({ headers }: S3Request): string {
  const amzDate = headers.get('x-amz-date');
  if (amzDate !== undefined && !Number.isNaN(parseLongDate(amzDate))) return amzDate;
  const date = Date.parse(headers.get('date') ?? '');
  if (amzDate === undefined && !Number.isNaN(date)) return isoSeconds(date).replace(/[-:]/g, '');
  const message = 'AWS authentication requires a valid Date or x-amz-date header';
  throw new S3ErrorResponse('AccessDenied', {}, message);
}

const LONG_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Milliseconds since the epoch of `20130524T000000Z`; NaN for anything else. */
export function parseLongDate(date: string): number {
  return LONG_DATE.test(date) ? Date.parse(date.replace(LONG_DATE, '$1-$2-$3T$4:$5:$6Z')) : NaN;
}

function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+/, '');
}
