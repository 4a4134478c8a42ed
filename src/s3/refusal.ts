import { PlayError } from '../errors';
import { isPassingStatus, retryAfter } from '../retry';
import type { HttpAnswer } from './exchange';

/** What S3's refusal means for whoever asked. */
export type Meaning =
  /** There is no such object. */
  | 'missing'
  /** It has no such range. */
  | 'no such range'
  /** S3 is overloaded or has a fault of its own: another try may help. */
  | 'busy'
  /** Nothing but a changed setting or permission helps. */
  | 'setting';

/** S3 answered, but neither with the object nor that it has not changed. */
export class S3Refusal extends PlayError {
  readonly meaning: Meaning;
  readonly status: number;
  /** S3's own name for it, such as AccessDenied. */
  readonly code: string | undefined;
  /** Milliseconds that S3 asks to wait. */
  readonly retryAfter: number | undefined;
  /** Where a range was refused: tells the size of the object. */
  readonly contentRange: string | undefined;

  constructor({ status, headers, body }: HttpAnswer, now: Date) {
    const code = codeIn(body);
    const answered = [status, code].filter(Boolean).join(' ');
    super(`S3 answered ${answered}. ${adviceOn(code, headers['x-amz-bucket-region'])}`.trim());
    this.meaning = meaningOf(status, code);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter(headers['retry-after'], now);
    this.contentRange = headers['content-range'];
  }
}

/**
 * What to look at, by S3's names for its errors.
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
  ['RequestTimeTooSkewed', 'The clock here or there is off by more than 15 minutes.'],
  ['SignatureDoesNotMatch', 'Check S3_SECRET_ACCESS_KEY.'],
]);

const OTHER_REGION: ReadonlySet<unknown> = new Set([
  'AuthorizationHeaderMalformed',
  'PermanentRedirect',
  'TemporaryRedirect',
]);

/** Empty where nothing is known of a code. */
export function adviceOn(code: string | undefined, region: unknown): string {
  if (!OTHER_REGION.has(code)) return ADVICE.get(code ?? '') ?? '';
  return `Check S3_REGION${region === undefined ? '' : `: the bucket is in ${region}`}.`;
}

function meaningOf(status: number, code: string | undefined): Meaning {
  if (status === 404 && code !== 'NoSuchBucket') return 'missing';
  if (status === 416) return 'no such range';
  return isPassingStatus(status) ? 'busy' : 'setting';
}

/** S3's message may repeat the key id and the signature, so that nothing but the code is read. */
function codeIn(body: Buffer): string | undefined {
  return /<Code>([A-Za-z.]{1,64})<\/Code>/.exec(body.toString('latin1'))?.[1];
}

/** What AWS's support asks for. */
export function requestIdOf(headers: HttpAnswer['headers']): string | undefined {
  return headers['x-amz-request-id']?.toString();
}
