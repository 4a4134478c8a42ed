import { objectAddress, type S3Access } from '../../../src/s3/address';
import { canonicalHeaders, lowerCased } from '../../../src/sigv4/canonical';
import { percentEncode } from '../../../src/sigv4/encode';
import {
  ALGORITHM,
  amzDate,
  canonicalRequest,
  type SignedParts,
  type Signer,
  signature,
  signingKey,
  stringToSign,
  type UnsignedRequest,
} from '../../../src/sigv4/sign';

export interface PresignOptions extends Signer {
  readonly expiresInSeconds: number;
  /** Default `UNSIGNED-PAYLOAD`, as S3 expects. */
  readonly payloadHash?: string;
  /** False adds the session token after signing, as a few services want it. Default true. */
  readonly signSessionToken?: boolean;
}

/**
 * Presigns a request by the steps of src/sigv4, which themselves presign nothing.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * @returns what is signed, and the whole query to send: X-Amz-Signature is last
 */
export function presign(
  { method, host, path, query: given = '', headers: sent }: UnsignedRequest,
  options: PresignOptions,
): { readonly parts: SignedParts; readonly query: string } {
  const { credentials, region, service, now, expiresInSeconds } = options;
  const { payloadHash = 'UNSIGNED-PAYLOAD', signSessionToken = true } = options;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const date = amzDate(now);
  const scope = { day: date.slice(0, 8), region, service };
  const headers = canonicalHeaders(lowerCased(sent).set('host', host));
  const token: [string, string][] = sessionToken ? [['X-Amz-Security-Token', sessionToken]] : [];
  const query = append(given, [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${accessKeyId}/${scope.day}/${region}/${service}/aws4_request`],
    ['X-Amz-Date', date],
    ['X-Amz-SignedHeaders', headers.map(([name]) => name).join(';')],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ...(signSessionToken ? token : []),
  ]);
  const parts = { method, path, query, headers, payloadHash };
  const text = stringToSign(date, scope, canonicalRequest(parts));
  const unsignedToken = signSessionToken ? [] : token;
  const signed = signature(signingKey(secretAccessKey, scope), text);
  return { parts, query: append(query, [...unsignedToken, ['X-Amz-Signature', signed]]) };
}

/** A presigned GET URL of an object. */
export function presignedUrl(
  access: S3Access,
  key: string,
  now: Date,
  expiresInSeconds: number,
): string {
  const { origin, host, path } = objectAddress(access, key);
  const request = { method: 'GET', host, path };
  const { query } = presign(request, { ...access, service: 's3', now, expiresInSeconds });
  return `${origin}${path}?${query}`;
}

function append(query: string, parameters: readonly (readonly [string, string])[]): string {
  const added = parameters.map(([name, value]) => `${name}=${percentEncode(value)}`);
  return [...(query === '' ? [] : [query]), ...added].join('&');
}
