import { authorization, credential } from './authorization';
import { canonicalHeaders, lowerCased, signedHeaders } from './headers';
import { beginSigning, sign } from './sign';
import type { SigningOptions, UnsignedRequest } from './types';

const EMPTY_BODY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Signs a request in its Authorization header.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @returns all headers to send, by lower-case name: the given ones, `host`, `x-amz-date`,
 *   `x-amz-content-sha256`, `x-amz-security-token` and `authorization`.
 * @throws {TypeError} when the path or the query is not what can be sent, or the region is empty.
 * @throws {RangeError} when `now` is an invalid date.
 */
export function signHeaders(
  request: UnsignedRequest,
  options: SigningOptions,
): Record<string, string> {
  const signing = beginSigning(request, options);
  const { credentials, payloadHash = EMPTY_BODY, signSessionToken = true } = options;
  const { sessionToken } = credentials;

  const headers = lowerCased(request.headers);
  headers.set('host', request.host);
  headers.set('x-amz-date', signing.date);
  if (options.sendPayloadHash ?? true) headers.set('x-amz-content-sha256', payloadHash);
  if (sessionToken && signSessionToken) headers.set('x-amz-security-token', sessionToken);

  const signed = canonicalHeaders(headers);
  const { method, path, query = '' } = request;
  const value = authorization({
    credential: credential(credentials.accessKeyId, signing.scope),
    signedHeaders: signedHeaders(signed),
    signature: sign({ method, path, query, headers: signed, payloadHash }, signing, options),
  });
  if (sessionToken) headers.set('x-amz-security-token', sessionToken);
  headers.set('authorization', value);
  return Object.fromEntries(headers);
}
