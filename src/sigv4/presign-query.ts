import { credential } from './authorization';
import { type Parameter, parseQuery } from './canonical-request';
import { percentEncode } from './encode';
import { canonicalHeaders, lowerCased, signedHeaders } from './headers';
import { beginSigning, sign } from './sign';
import { ALGORITHM } from './string-to-sign';
import type { SigningOptions, UnsignedRequest } from './types';

/** Seven days, in seconds: the longest life of a presigned URL. */
export const MAX_EXPIRES_IN = 604_800;

const AUTHENTICATION =
  /^X-Amz-(Algorithm|Credential|Date|Expires|Security-Token|Signature|SignedHeaders)$/i;

/**
 * Signs a request in its query. The given headers are signed too, and have to be sent with it.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * @param options `expiresIn` is in seconds, 1 to 604800
 * @returns the whole query to send, X-Amz-Signature last.
 * @throws {RangeError} when `expiresIn` is out of bounds or `now` is an invalid date.
 * @throws {TypeError} when the path or the query is not what can be sent, the query is signed
 *   already, or the region is empty.
 */
export function presignQuery(
  request: UnsignedRequest,
  options: SigningOptions & { readonly expiresIn: number },
): string {
  const { credentials, expiresIn, payloadHash = 'UNSIGNED-PAYLOAD' } = options;
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_EXPIRES_IN) {
    throw new RangeError(
      `expiresIn is ${expiresIn}, but must be 1 to ${MAX_EXPIRES_IN} whole seconds`,
    );
  }
  const { method, path, query: given = '' } = request;
  const repeated = parseQuery(given).find(([name]) => AUTHENTICATION.test(name));
  if (repeated) throw new TypeError(`The query holds ${repeated[0]}: presign an unsigned request`);

  const signing = beginSigning(request, options);
  const headers = canonicalHeaders(lowerCased(request.headers).set('host', request.host));
  const token: Parameter[] = credentials.sessionToken
    ? [['X-Amz-Security-Token', credentials.sessionToken]]
    : [];
  const tokenIsSigned = options.signSessionToken ?? true;
  const query = append(given, [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', credential(credentials.accessKeyId, signing.scope)],
    ['X-Amz-Date', signing.date],
    ['X-Amz-SignedHeaders', signedHeaders(headers)],
    ['X-Amz-Expires', String(expiresIn)],
    ...(tokenIsSigned ? token : []),
  ]);
  const signature = sign({ method, path, query, headers, payloadHash }, signing, options);
  return append(query, [...(tokenIsSigned ? [] : token), ['X-Amz-Signature', signature]]);
}

function append(query: string, parameters: readonly Parameter[]): string {
  const added = parameters.map(([name, value]) => `${name}=${percentEncode(value)}`);
  return [...(query === '' ? [] : [query]), ...added].join('&');
}
