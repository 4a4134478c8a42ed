import type { IncomingHttpHeaders } from 'node:http';
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

/** S3's refusal of a request, as far as it is safe to tell. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What a request needs to be allowed. */
export type Permission = 's3:GetObject' | 's3:ListBucket';

/** The error in a response that is neither an object nor a 304. */
export function errorIn({ status, headers, body }: ObjectResponse, now: Date): S3Error {
  return refusalError({ status, code: codeIn(body), headers }, 's3:GetObject', now);
}

/**
 * What S3 answered, and what to do. S3 gives every refusal a code: a 404, a redirect or a login without
 * one says nothing about the object.
 */
export function refusalError(answer: ErrorAnswer, permission: Permission, now: Date): S3Error {
  const { status, code, headers } = answer;
  if (code === undefined && status !== 416 && !isTransientStatus(status)) {
    return foreignAnswer(status, "without S3's code of an error");
  }
  const answered = [status, code].filter(Boolean).join(' ');
  return new S3Error(`S3 answered ${answered}. ${adviceOn(answer, permission)}`.trim(), {
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

/**
 * Whether a server refuses a request because of a header that it does not know, as some refuse
 * x-amz-checksum-mode. A read of an object with a customer's key is InvalidRequest, too.
 */
export function refusesHeader(status: number, code: string | undefined): boolean {
  return status === 501 || (status === 400 && REFUSES_HEADER.has(code));
}

const REFUSES_HEADER: ReadonlySet<string | undefined> = new Set([
  'InvalidArgument',
  'InvalidRequest',
  'NotImplemented',
]);

/** Only the code is read: S3's message may repeat the key id and the signature. */
export function codeIn(body: Buffer): string | undefined {
  return readCode(/<Code>([^<]*)<\/Code>/.exec(body.toString('latin1'))?.[1]);
}

/** The name of an error, unless it is none that a server of S3 would give. */
export function readCode(name: string | undefined): string | undefined {
  return name !== undefined && /^[A-Za-z0-9.]{1,64}$/.test(name) ? name : undefined;
}

interface Meaning {
  /** Whether S3 refuses every object alike, or this one. */
  readonly scope: 'bucket' | 'object';
  /** What to look at. */
  readonly advice: string;
}

const ofBucket = (advice: string): Meaning => ({ scope: 'bucket', advice });
const ofObject = (advice: string): Meaning => ({ scope: 'object', advice });

const EXPIRED = ofBucket('The temporary credentials have expired: is the clock right?');
const DISABLED = ofBucket('The bucket or the account is disabled.');
const WRONG_REGION = ofBucket('Check S3_REGION.');
const KMS_KEY = ofObject(
  'Check the KMS key that encrypts the object: it must exist and be enabled.',
);

/**
 * The codes of S3's errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 *
 * AccessDenied is not among them: its advice depends on what was asked for.
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['AccountProblem', DISABLED],
  ['AllAccessDisabled', DISABLED],
  ['AuthorizationHeaderMalformed', WRONG_REGION],
  ['ExpiredToken', EXPIRED],
  [
    'InvalidAccessKeyId',
    ofBucket(
      'Check S3_ACCESS_KEY_ID (or the id in S3_ACCESS_KEY), and that it belongs to this S3_ENDPOINT.',
    ),
  ],
  ['InvalidBucketName', ofBucket('Check S3_BUCKET.')],
  [
    'InvalidObjectState',
    ofObject('The object is archived: restore it, or copy it to another storage class.'),
  ],
  ['InvalidToken', ofBucket('The temporary credentials are of another account, region or server.')],
  ['KMS.DisabledException', KMS_KEY],
  ['KMS.InvalidKeyUsageException', KMS_KEY],
  ['KMS.KMSInvalidStateException', KMS_KEY],
  ['KMS.NotFoundException', KMS_KEY],
  ['NoSuchBucket', ofBucket('Check S3_BUCKET and S3_ENDPOINT.')],
  ['NotSignedUp', DISABLED],
  ['PermanentRedirect', WRONG_REGION],
  ['RequestExpired', EXPIRED],
  [
    'RequestTimeTooSkewed',
    ofBucket(`The clock here or there is off by more than ${S3_CLOCK_SKEW_MS / 60_000} minutes.`),
  ],
  [
    'SignatureDoesNotMatch',
    ofBucket('Check S3_SECRET_ACCESS_KEY, or the secret in S3_ACCESS_KEY.'),
  ],
  ['TemporaryRedirect', WRONG_REGION],
  ['TokenRefreshRequired', EXPIRED],
  ['UserSuspended', DISABLED],
]);

const ALLOW: Readonly<Record<Permission, string>> = {
  's3:GetObject':
    'Allow s3:GetObject on the key, in the policy of the access key and in the bucket policy (and kms:Decrypt where the bucket is encrypted with KMS); a missing key is refused like this, too, unless s3:ListBucket is allowed without a condition.',
  's3:ListBucket':
    'Allow s3:ListBucket on the bucket, in the policy of the access key and in the bucket policy.',
};

function adviceOn({ code, headers }: ErrorAnswer, permission: Permission): string {
  if (code === 'AccessDenied') return ALLOW[permission];
  const meaning = MEANINGS.get(code ?? '');
  const region = headers['x-amz-bucket-region']?.toString();
  if (meaning === WRONG_REGION && region !== undefined && /^[\w-]{1,40}$/.test(region)) {
    return `Check S3_REGION: the bucket is in ${region}.`;
  }
  return meaning?.advice ?? '';
}

/**
 * Whether S3's refusal of one object says nothing about the others. A 500 that stays counts as the
 * object's: a broken disk of a server has not all objects.
 */
export function isAboutObject({ status, code }: ErrorAnswer): boolean {
  if (status === 401 || MEANINGS.get(code ?? '')?.scope === 'bucket') return false;
  return status === 500 || !isTransientStatus(status);
}
