import { createHmac, timingSafeEqual } from 'node:crypto';

const HOUR = 3600;
/** Longer than a call may last (4 h): a URL handed out now must outlive the call. */
const MINIMUM_LIFE = 4 * HOUR;
const ROUNDING = 4 * HOUR;

export interface ProxySecret {
  /** Twilio's auth token; only a key derived from it signs. */
  readonly authToken: string;
  /** Part of the signature: a URL of one environment opens nothing in another. */
  readonly bucket: string;
}

/** The proxy's own three query parameters, in lower case so that none of Twilio's can be one of them. */
export interface ProxyParameters {
  readonly key: string;
  /** Epoch seconds. */
  readonly exp: string;
  /** Hex HMAC-SHA256. */
  readonly sig: string;
}

/**
 * The query of a proxy URL for one key. Expiry is rounded, so that one prompt has one URL for four
 * hours and Twilio's media cache can work, with between four and eight hours left.
 *
 * @throws {URIError} when the key is not well-formed Unicode, as no S3 key can be
 */
export function signProxyQuery(secret: ProxySecret, key: string, now: Date): string {
  const exp = String(Math.ceil((now.getTime() / 1000 + MINIMUM_LIFE) / ROUNDING) * ROUNDING);
  return `key=${encodeURIComponent(key)}&exp=${exp}&sig=${signature(secret, key, exp)}`;
}

/** What a signature is worth: one that we made, one that has expired since, or none of ours. */
export type Verdict = 'genuine' | 'expired' | 'tampered';

/** Tells whether the three parameters were signed by us and have not expired; in constant time. */
export function verifyProxyParameters(
  secret: ProxySecret,
  { key, exp, sig }: ProxyParameters,
  now: Date,
): Verdict {
  const expected = Buffer.from(signature(secret, key, exp));
  const given = Buffer.from(sig);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'tampered';
  return Number(exp) * 1000 > now.getTime() ? 'genuine' : 'expired';
}

function signature({ authToken, bucket }: ProxySecret, key: string, exp: string): string {
  const signingKey = createHmac('sha256', authToken).update('twilio-s3-play audio proxy').digest();
  // JSON keeps the fields apart whatever characters they hold.
  const message = JSON.stringify(['v1', bucket, exp, key]);
  return createHmac('sha256', signingKey).update(message).digest('hex');
}
