import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { CredentialScope } from './string-to-sign';

// Four HMACs are two thirds of the cost of a signature, and the key is the same all day. A process
// needs one or two: the bound is for one that signs for many.
const CACHED_KEYS = 32;
const cache = new Map<string, KeyObject>();

/**
 * Step 3: the signing key. Cached by a hash of what it is derived from, so that the cache keeps
 * keys of one day, region and service, and no secret access key. A KeyObject does not show its
 * bytes when it is logged.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key
 */
export function signingKey(secretAccessKey: string, scope: CredentialScope): KeyObject {
  const { day, region, service } = scope;
  const id = hash('sha256', JSON.stringify([secretAccessKey, day, region, service]), 'base64');
  const cached = cache.get(id);
  if (cached) return cached;

  const ofDay = hmac(`AWS4${secretAccessKey}`, day);
  const key = createSecretKey(hmac(hmac(hmac(ofDay, region), service), 'aws4_request'));
  const [oldest] = cache.keys();
  if (cache.size >= CACHED_KEYS && oldest !== undefined) cache.delete(oldest);
  cache.set(id, key);
  return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
