import { signature } from './authorization';
import { canonicalRequest, type SignedParts } from './canonical-request';
import { signingKey } from './signing-key';
import { amzDate, type CredentialScope, stringToSign } from './string-to-sign';
import type { SigningOptions, UnsignedRequest } from './types';

/** When and for what a request is signed. */
export interface Signing {
  /** Value of `x-amz-date`. */
  readonly date: string;
  readonly scope: CredentialScope;
}

/**
 * Checks what would otherwise come back from S3 as a signature that does not match.
 *
 * @throws {TypeError} when the path or the query is not what can be sent, or the region is empty.
 * @throws {RangeError} when `now` is an invalid date.
 */
export function beginSigning(request: UnsignedRequest, options: SigningOptions): Signing {
  const { path, query = '' } = request;
  if (!/^\/[^?#]*$/.test(path)) {
    throw new TypeError('path must begin with a slash and hold neither "?" nor "#" unescaped');
  }
  if (/^\?|#/.test(query)) {
    throw new TypeError('query must not begin with "?" nor hold "#" unescaped');
  }
  if (options.region === '') throw new TypeError('region is a required option');
  const date = amzDate(options.now);
  const { region, service = 's3' } = options;
  return { date, scope: { day: date.slice(0, 8), region, service } };
}

/** Steps 1 to 3 and the signature over them. */
export function sign(
  parts: SignedParts,
  { date, scope }: Signing,
  options: SigningOptions,
): string {
  const key = signingKey(options.credentials.secretAccessKey, scope);
  return signature(key, stringToSign(date, scope, canonicalRequest(parts, options)));
}
