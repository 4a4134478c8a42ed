import { PlayError } from '../errors';
import { S3_CLOCK_SKEW_MS } from '../limits';
import { isTransientStatus, retryAfterMs, type Verdict } from '../retry';
import type { ObjectResponse } from './request';

/** What a failed request means to its caller. */
export type S3ErrorKind =
  /** There is no such object. */
  | 'not found'
  /** The object does not have the range that was asked for. */
  | 'invalid range'
  /** S3 is overloaded, broken or out of reach: another attempt may help. */
  | 'unavailable'
  /**
   * The answer is not S3's, or its bytes are not the object: something stands between. Another attempt
   * may get through.
   */
  | 'unusable'
  /** Any other failure: a change of settings, permissions or the object helps, another attempt does not. */
  | 'permanent';

export interface S3ErrorDetails extends ErrorOptions {
  /** Default: what the status and the code mean. */
  readonly kind?: S3ErrorKind;
  /** Undefined where S3 did not answer. */
  readonly status?: number;
  /** S3's own name for the error, such as AccessDenied. */
  readonly code?: string;
  /** How long S3 asks to wait. */
  readonly retryAfterMs?: number;
  /** After a refused range: holds the size of the object. */
  readonly contentRange?: string;
}

/** A request to S3 failed: S3 refused it, could not be reached, or its answer cannot be used. */
export class S3Error extends PlayError {
  readonly kind: S3ErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly contentRange: string | undefined;

  constructor(message: string, details: S3ErrorDetails = {}) {
    const { status, code, kind = kindOf(status, code), retryAfterMs, contentRange } = details;
    super(message, details);
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.contentRange = contentRange;
  }
}

/** S3 did not answer, or not to the end, in the time that it had. */
export class S3TimeoutError extends S3Error {}

/** The object is larger than the caller can take; its body was not read. */
export class ObjectTooLargeError extends S3Error {
  /** @param bytes as announced; undefined where the length is not announced */
  constructor(bytes: number | undefined, maxBytes: number) {
    super(`it has ${bytes ?? `more than ${maxBytes}`} bytes`, { kind: 'permanent' });
  }
}

/** Whether another attempt at a request to S3 may help. */
export function retryVerdict(thrown: unknown): Verdict {
  if (!(thrown instanceof S3Error)) return { retry: false };
  return { retry: isTemporary(thrown), afterMs: thrown.retryAfterMs };
}

/** Whether the failure may pass without a change of settings, permissions or the object. */
export function isTemporary({ kind }: S3Error): boolean {
  return kind === 'unavailable' || kind === 'unusable';
}

/**
 * An answer that S3 never gives: a proxy's, a sign-in page, or another server at that address.
 *
 * @param how what is odd about it
 */
export function foreignAnswer(status: number, how: string): S3Error {
  return new S3Error(
    `The answer was ${status} ${how}, which is not S3's: check S3_ENDPOINT, and what stands between here and S3 (a proxy, a sign-in page).`,
    { kind: 'unusable', status },
  );
}

/**
 * The error in a response that is neither an object nor a 304. S3 gives every refusal a code: a 404, a
 * redirect or a login without one says nothing about the object.
 */
export function errorIn({ status, headers, body }: ObjectResponse, now: Date): S3Error {
  const code = codeIn(body);
  if (code === undefined && status !== 416 && !isTransientStatus(status)) {
    return foreignAnswer(status, "without S3's code of an error");
  }
  const answered = [status, code].filter(Boolean).join(' ');
  const advice = adviceOn(code, headers['x-amz-bucket-region']);
  return new S3Error(`S3 answered ${answered}. ${advice}`.trim(), {
    status,
    code,
    retryAfterMs: retryAfterMs(headers['retry-after'], now),
    contentRange: headers['content-range'],
  });
}

function kindOf(status: number | undefined, code: string | undefined): S3ErrorKind {
  if (status === 404 && code !== 'NoSuchBucket') return 'not found';
  if (status === 416) return 'invalid range';
  return status === undefined || isTransientStatus(status) ? 'unavailable' : 'permanent';
}

/** Only the code is read: S3's message may repeat the key id and the signature. */
export function codeIn(body: Buffer): string | undefined {
  return /<Code>([A-Za-z.]{1,64})<\/Code>/.exec(body.toString('latin1'))?.[1];
}

/**
 * What to look at, by the codes of S3's errors.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'AccessDenied',
    'Allow s3:GetObject on the key (and kms:Decrypt where the bucket is encrypted with KMS); without s3:ListBucket a missing key is refused like this too.',
  ],
  ['AllAccessDisabled', 'The bucket or the account is disabled.'],
  ['ExpiredToken', 'The temporary credentials have expired: is the clock right?'],
  ['InvalidAccessKeyId', 'Check S3_ACCESS_KEY_ID, and that it belongs to this S3_ENDPOINT.'],
  [
    'InvalidObjectState',
    'The object is archived: restore it, or copy it to another storage class.',
  ],
  ['InvalidToken', 'The temporary credentials are of another account, region or server.'],
  ['NoSuchBucket', 'Check S3_BUCKET and S3_ENDPOINT.'],
  [
    'RequestTimeTooSkewed',
    `The clock here or there is off by more than ${S3_CLOCK_SKEW_MS / 60_000} minutes.`,
  ],
  ['SignatureDoesNotMatch', 'Check S3_SECRET_ACCESS_KEY.'],
]);

/** Codes that S3 answers whichever object is asked for. */
const BUCKET_CODES: ReadonlySet<string | undefined> = new Set([
  'AccountProblem',
  'AllAccessDisabled',
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidBucketName',
  'InvalidToken',
  'NoSuchBucket',
  'NotSignedUp',
  'PermanentRedirect',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TemporaryRedirect',
  'TokenRefreshRequired',
  'UserSuspended',
]);

/**
 * Whether S3's refusal of one object says nothing about the others. A 500 that stays counts as the
 * object's: a broken disk of a server has not all objects.
 */
export function isAboutObject(status: number, code: string | undefined): boolean {
  if (status < 400 || status === 401 || status === 407 || BUCKET_CODES.has(code)) return false;
  return status === 500 || !isTransientStatus(status);
}

const WRONG_REGION: ReadonlySet<string | undefined> = new Set([
  'AuthorizationHeaderMalformed',
  'PermanentRedirect',
  'TemporaryRedirect',
]);

/**
 * @param region the bucket's, where S3 says it
 * @returns empty for a code without advice
 */
export function adviceOn(code: string | undefined, region: unknown): string {
  if (!WRONG_REGION.has(code)) return ADVICE.get(code ?? '') ?? '';
  return `Check S3_REGION${region === undefined ? '' : `: the bucket is in ${region}`}.`;
}
