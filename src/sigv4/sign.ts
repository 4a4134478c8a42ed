import { createHmac, createSecretKey, type Hmac, hash, type KeyObject } from 'node:crypto';
import {
  type CanonicalHeaders,
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  lowerCased,
} from './canonical';

/** An access key; a temporary one has the session token that it came with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request exactly as it will be sent: nothing may rewrite it between signing and sending. */
export interface UnsignedRequest {
  readonly method: string;
  /** Value of the Host header: with the port where it is not the scheme's own. */
  readonly host: string;
  /** Percent-encoded, byte for byte as sent, with a leading slash. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query?: string;
  /** One value a name; a header that is sent several times has its values joined by commas. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SigningOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
}

/** SHA-256 of a body of no bytes. */
export const EMPTY_BODY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Signs a request without a body to Amazon S3 in its Authorization header.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @returns all headers to send, by lower-case name: the given ones, `host`, `x-amz-date`,
 *   `x-amz-content-sha256`, `x-amz-security-token` and `authorization`
 * @throws {TypeError} when the path or the query is not what can be sent, or the region is empty
 * @throws {RangeError} when `now` is an invalid date
 */
export function signHeaders(
  request: UnsignedRequest,
  options: SigningOptions,
): Record<string, string> {
  const { method, host, path, query = '' } = request;
  // Fail here: S3 would only answer SignatureDoesNotMatch.
  if (!/^\/[^?#]*$/.test(path)) {
    throw new TypeError('path must begin with a slash and hold neither "?" nor "#" unescaped');
  }
  if (/^\?|#/.test(query)) {
    throw new TypeError('query must not begin with "?" nor hold "#" unescaped');
  }
  const { credentials, region, now } = options;
  if (region === '') throw new TypeError('region is a required option');

  const date = amzDate(now);
  const headers = lowerCased(request.headers)
    .set('host', host)
    .set('x-amz-content-sha256', EMPTY_BODY_HASH)
    .set('x-amz-date', date);
  const { sessionToken } = credentials;
  if (sessionToken) headers.set('x-amz-security-token', sessionToken);

  const signed = canonicalHeaders(headers);
  const parts = { method, path, query, headers: signed, payloadHash: EMPTY_BODY_HASH };
  // Not { ...options, service: 's3' }: the spread makes a signature a quarter slower.
  const signer = { credentials, region, service: 's3', now };
  headers.set('authorization', authorizationHeader(parts, signer, date));
  // Without a prototype, so that any name is one of its own. Object.fromEntries takes 1.5 µs, this 0.2.
  const sent: Record<string, string> = Object.create(null);
  for (const [name, value] of headers) sent[name] = value;
  return sent;
}

/** Everything that a signature covers. */
export interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: CanonicalHeaders;
  /** Lower-case hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

/** The key, the time and the scope of a signature. */
export interface Signer extends SigningOptions {
  readonly service: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The four steps of Signature Version 4: the value of the Authorization header.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @param date the time of the signature, as `amzDate` gives it
 */
export function authorizationHeader(
  parts: SignedParts,
  { credentials, region, service, now }: Signer,
  date = amzDate(now),
): string {
  const scope = { day: date.slice(0, 8), region, service };
  const names = signedHeaders(parts.headers);
  const canonical = canonicalRequest(parts, names);
  const text = stringToSign(date, scope, canonical);
  const key = signingKey(credentials.secretAccessKey, scope);
  return (
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scopeText(scope)}, ` +
    `SignedHeaders=${names}, ` +
    `Signature=${signature(key, text)}`
  );
}

/**
 * Step 1: the request in its one canonical form, six lines or more.
 *
 * @param names of the headers, as `signedHeaders` gives them
 */
export function canonicalRequest(
  { method, path, query, headers, payloadHash }: SignedParts,
  names = signedHeaders(headers),
): string {
  let lines = '';
  for (const [name, value] of headers) lines += `${name}:${value}\n`;
  return `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${lines}\n${names}\n${payloadHash}`;
}

/** `host;range;x-amz-date` */
export function signedHeaders(headers: CanonicalHeaders): string {
  let names = '';
  for (const [name] of headers) names += names === '' ? name : `;${name}`;
  return names;
}

/** What a signing key is good for: one service in one region on one day. */
export interface CredentialScope {
  /** UTC, `20130524`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** `20130524/us-east-1/s3/aws4_request` */
export function scopeText({ day, region, service }: CredentialScope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

/**
 * UTC in ISO 8601's basic format, `20130524T000000Z`: the value of `x-amz-date`.
 *
 * @throws {RangeError} when the date is invalid
 */
export function amzDate(now: Date): string {
  if (Number.isNaN(now.getTime())) throw new RangeError('The time of the signature is invalid');
  // toISOString() takes three times as long.
  const day = now.getUTCFullYear() * 10_000 + (now.getUTCMonth() + 1) * 100 + now.getUTCDate();
  const time = now.getUTCHours() * 10_000 + now.getUTCMinutes() * 100 + now.getUTCSeconds();
  return `${String(day).padStart(8, '0')}T${String(time).padStart(6, '0')}Z`;
}

/**
 * Step 2: the string to sign.
 *
 * @param date as `amzDate` gives it; its day is the scope's
 */
export function stringToSign(date: string, scope: CredentialScope, canonical: string): string {
  return `${ALGORITHM}\n${date}\n${scopeText(scope)}\n${hash('sha256', canonical)}`;
}

/** A signing key, and what it was derived from: `#secretAccessKey` is in no log of it. */
class DerivedKey {
  readonly key: KeyObject;
  readonly #secretAccessKey: string;
  readonly #scope: CredentialScope;

  constructor(secretAccessKey: string, scope: CredentialScope) {
    const { day, region, service } = scope;
    const dayKey = hmac(`AWS4${secretAccessKey}`, day).digest();
    const serviceKey = hmac(hmac(dayKey, region).digest(), service).digest();
    this.key = createSecretKey(hmac(serviceKey, 'aws4_request').digest());
    this.#secretAccessKey = secretAccessKey;
    this.#scope = scope;
  }

  isOf(secretAccessKey: string, { day, region, service }: CredentialScope): boolean {
    const scope = this.#scope;
    return (
      this.#secretAccessKey === secretAccessKey &&
      scope.day === day &&
      scope.region === region &&
      scope.service === service
    );
  }
}

let latest: DerivedKey | undefined;

/**
 * Step 3: the signing key. Four HMACs are two thirds of the cost of a signature, and a process signs
 * with the same key all day: the latest one is kept. A KeyObject does not show its bytes when it is
 * logged.
 */
export function signingKey(secretAccessKey: string, scope: CredentialScope): KeyObject {
  if (!latest?.isOf(secretAccessKey, scope)) latest = new DerivedKey(secretAccessKey, scope);
  return latest.key;
}

function hmac(key: string | Buffer | KeyObject, text: string): Hmac {
  return createHmac('sha256', key).update(text);
}

/** Step 4: the signature, 64 lower-case hexadecimal digits. */
export function signature(key: KeyObject, text: string): string {
  // As a text at once: by way of a Buffer it takes twice as long.
  return hmac(key, text).digest('hex');
}
