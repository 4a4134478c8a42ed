import type { KeyObject } from 'node:crypto';
import type { AudioConfig } from '../config';
import { PROXY_URL_MIN_SECONDS, PROXY_URL_ROUNDING_SECONDS } from '../limits';
import { isAddressable } from '../s3/address';

/** Loaded by the first signature. It takes 5 of 20 ms of a cold voice request, which may sign nothing. */
const crypto = () => process.getBuiltinModule('node:crypto');

export interface ProxySecret {
  /** Twilio's auth token. The signing key is derived from it. */
  readonly authToken: string;
  /** Part of the signature: a URL of one environment opens nothing in another. */
  readonly bucket: string;
}

/** The proxy's own query parameters. Twilio's parameters begin with a capital letter, so they cannot collide. */
interface ProxyParameters {
  readonly key: string;
  /** Epoch seconds. */
  readonly exp: string;
  /** Hex HMAC-SHA256. */
  readonly sig: string;
}

/**
 * The query of a proxy URL for one key. Expiry is rounded, so that one prompt has one URL for hours
 * and Twilio's media cache works; the URL outlives any call that begins now.
 *
 * @throws {URIError} when the key is not well-formed Unicode, as no S3 key can be
 */
export function signProxyQuery(secret: ProxySecret, key: string, now: Date): string {
  const earliest = now.getTime() / 1000 + PROXY_URL_MIN_SECONDS;
  const exp = String(Math.ceil(earliest / PROXY_URL_ROUNDING_SECONDS) * PROXY_URL_ROUNDING_SECONDS);
  return `key=${encodeURIComponent(key)}&exp=${exp}&sig=${signature(secret, key, exp)}`;
}

/** Whether we signed three parameters: `genuine`, signed by us but `expired`, or not signed by us. */
export type SignatureStatus = 'genuine' | 'expired' | 'tampered';

/** Compares signatures in constant time. */
export function verifyProxyParameters(
  secret: ProxySecret,
  { key, exp, sig }: ProxyParameters,
  now: Date,
): SignatureStatus {
  const expected = Buffer.from(signature(secret, key, exp));
  const given = Buffer.from(sig);
  const isOurs = given.length === expected.length && crypto().timingSafeEqual(given, expected);
  if (!isOurs) return 'tampered';
  return Number(exp) * 1000 > now.getTime() ? 'genuine' : 'expired';
}

function signature({ authToken, bucket }: ProxySecret, key: string, exp: string): string {
  // JSON separates the fields whatever characters they contain.
  const message = JSON.stringify(['v1', bucket, exp, key]);
  return hmac(signingKey(authToken), message).digest('hex');
}

let derived: { readonly authToken: string; readonly key: KeyObject } | undefined;

/** Kept for the next URL: a deployment has one auth token. */
function signingKey(authToken: string): KeyObject {
  if (derived?.authToken !== authToken) {
    const key = hmac(authToken, 'twilio-s3-play audio proxy').digest();
    derived = { authToken, key: crypto().createSecretKey(key) };
  }
  return derived.key;
}

function hmac(key: string | KeyObject, message: string) {
  return crypto().createHmac('sha256', key).update(message);
}

/** The key of the object that a request may get, or why it may get none. */
export type Authorization =
  | { readonly granted: true; readonly key: string }
  | { readonly granted: false; readonly reason: string; readonly key?: string };

/**
 * Checks the proxy's own three parameters. All others are ignored. A missing
 * parameter refuses the request; so does a repeated one, which the runtime makes an array.
 *
 * @param event the parameters of a request, unchecked
 */
export function authorize(
  event: Readonly<Record<string, unknown>>,
  { s3, twilio }: Pick<AudioConfig, 's3' | 'twilio'>,
  now: Date,
): Authorization {
  if (twilio.authToken === undefined) return { granted: false, reason: 'AUTH_TOKEN is not set' };
  const parameters = parametersIn(event);
  if (!parameters) return { granted: false, reason: 'key, exp or sig is missing or repeated' };
  const secret = { authToken: twilio.authToken, bucket: s3.bucket };
  const status = verifyProxyParameters(secret, parameters, now);
  if (status === 'tampered') return { granted: false, reason: 'tampered' };
  const { key } = parameters;
  if (status === 'expired') return { granted: false, reason: 'expired', key };
  if (!key.startsWith(s3.prefix)) return { granted: false, reason: 'outside S3_PREFIX', key };
  if (!isAddressable(key)) return { granted: false, reason: 'no URL can name this key', key };
  return { granted: true, key };
}

function parametersIn(event: Readonly<Record<string, unknown>>): ProxyParameters | undefined {
  const [key, exp, sig] = ['key', 'exp', 'sig'].map((name) =>
    Object.hasOwn(event, name) ? event[name] : undefined,
  );
  return typeof key === 'string' && typeof exp === 'string' && typeof sig === 'string'
    ? { key, exp, sig }
    : undefined;
}
