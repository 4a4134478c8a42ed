import type { AudioConfig } from '../config';
import { type ProxyParameters, verifyProxyParameters } from '../playback/proxy-url';
import { isAddressable } from '../s3/address';

/** The object that a URL of ours opens, or why it opens none. */
export type Permission =
  | { readonly granted: true; readonly key: string }
  | { readonly granted: false; readonly reason: string; readonly key?: string };

/**
 * Reads our three parameters by their names and checks them. All others, whoever appended them, are
 * not looked at. One of ours that is missing, or comes twice and so is an array, opens nothing.
 */
export function permissionOf(
  event: Readonly<Record<string, unknown>>,
  { s3, twilio }: Pick<AudioConfig, 's3' | 'twilio'>,
  now: Date,
): Permission {
  if (twilio.authToken === undefined) return { granted: false, reason: 'AUTH_TOKEN is not set' };
  const parameters = parametersIn(event);
  if (!parameters) return { granted: false, reason: 'key, exp or sig is missing or repeated' };
  const secret = { authToken: twilio.authToken, bucket: s3.bucket };
  const verdict = verifyProxyParameters(secret, parameters, now);
  if (verdict === 'tampered') return { granted: false, reason: 'tampered' };
  const { key } = parameters;
  if (verdict === 'expired') return { granted: false, reason: 'expired', key };
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
