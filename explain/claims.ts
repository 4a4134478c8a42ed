import { parameter, type SentUrl } from './url';

/** What a presigned URL says of itself, where it says it in a form that S3 reads. */
export interface Claims {
  readonly missing: readonly string[];
  readonly algorithm: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly day: string | undefined;
  readonly region: string | undefined;
  readonly service: string | undefined;
  readonly hasToken: boolean;
  readonly signedAt: Date | undefined;
  /** Seconds. */
  readonly expiresIn: number | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const REQUIRED = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
];
/** How many parameters make a request a signed one. */
export const REQUIRED_COUNT = REQUIRED.length;

const CREDENTIAL =
  /^(?<accessKeyId>.+)%2F(?<day>\d{8})%2F(?<region>[^%]+)%2F(?<service>[^%]+)%2Faws4_request$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

export function readClaims(url: SentUrl): Claims {
  const scope = CREDENTIAL.exec(parameter(url, 'X-Amz-Credential') ?? '')?.groups;
  const expires = parameter(url, 'X-Amz-Expires') ?? '';
  return {
    missing: REQUIRED.filter((name) => parameter(url, name) === undefined),
    algorithm: parameter(url, 'X-Amz-Algorithm'),
    accessKeyId: scope?.accessKeyId,
    day: scope?.day,
    region: scope?.region,
    service: scope?.service,
    hasToken: parameter(url, 'X-Amz-Security-Token') !== undefined,
    signedAt: readDate(parameter(url, 'X-Amz-Date') ?? ''),
    expiresIn: /^\d{1,9}$/.test(expires) ? Number(expires) : undefined,
  };
}

const SIGNATURE_DIGITS = 64;

/**
 * What is wrong with the form of a signature, as a clause; undefined where nothing is, or where
 * there is none at all.
 */
export function flawOfSignature(url: SentUrl): string | undefined {
  const signature = parameter(url, 'X-Amz-Signature');
  if (signature === undefined || /^[0-9a-f]{64}$/.test(signature)) return undefined;
  if (/^[0-9a-f]*$/.test(signature) && signature.length < SIGNATURE_DIGITS) {
    return `was cut off: X-Amz-Signature has ${signature.length} of ${SIGNATURE_DIGITS} digits`;
  }
  return `is not as it was signed: X-Amz-Signature is not of ${SIGNATURE_DIGITS} digits from 0 to f in lower case`;
}

function readDate(text: string): Date | undefined {
  const date = new Date(text.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
  return DATE.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** When the claims end; S3 counts from X-Amz-Date. */
export function expiryOf({ signedAt, expiresIn }: Claims): Date | undefined {
  if (!signedAt || expiresIn === undefined) return undefined;
  return new Date(signedAt.getTime() + expiresIn * 1000);
}
