import S3Error from '@20minutes/s3rver/lib/models/error';
import v4, { type CanonicalRequest } from '@20minutes/s3rver/lib/signature/v4';
import { canonicalQuery, canonicalUri, type RequestTarget } from '../request-target';
import { recall } from './received-request';

/**
 * Lower-case names; values trimmed, inner blanks collapsed, repeated headers joined by commas.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function canonicalHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = (rawHeaders[i + 1] ?? '').trim().replace(/\s+/g, ' ');
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}

/** Names that must be signed when they are sent: Host and all of x-amz-*. */
export function unsignedHeaders(
  sent: Iterable<string>,
  signedHeaders: readonly string[],
): readonly string[] {
  return [...sent]
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .filter((name) => !signedHeaders.includes(name));
}

/** A presigned URL's signature cannot cover itself. */
function signedQuery(target: RequestTarget): string {
  const presigned = target.query.some(([name]) => name === 'X-Amz-Algorithm');
  const query = target.query.filter(([name]) => !presigned || name !== 'X-Amz-Signature');
  return canonicalQuery({ ...target, query });
}

function canonicalRequestText(request: CanonicalRequest, signedHeaders: readonly string[]) {
  return [
    request.method,
    request.uri,
    request.querystring,
    ...signedHeaders.map((name) => `${name}:${request.headers[name]}`),
    '',
    signedHeaders.join(';'),
    request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/**
 * Has the server verify the request that was sent. Its own canonical request is rebuilt from what
 * Koa decoded: `/bucket/` becomes `/bucket`, `!'()*` stay bare, a repeated parameter is one, and a
 * header that nobody signed takes effect all the same. S3 refuses the last:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html (SignedHeaders).
 */
export function canonicaliseWhatWasSent(): void {
  const getStringToSign = v4.getStringToSign;
  v4.getStringToSign = (decoded, claimed) => {
    const request = recall(decoded.headers);
    if (!request) throw new Error('a request reached the signature check past the front door');
    const sent = canonicalHeaders(request.rawHeaders);
    const unsigned = unsignedHeaders(sent.keys(), claimed.signedHeaders);
    if (unsigned.length > 0) {
      throw new S3Error(
        'AccessDenied',
        'There were headers present in the request which were not signed',
        { HeadersNotSigned: unsigned.join(', ') },
      );
    }
    const canonical: CanonicalRequest = {
      ...decoded,
      uri: canonicalUri(request.target),
      querystring: signedQuery(request.target),
      headers: {
        ...Object.fromEntries(sent),
        // A presigned URL carries it as a parameter, which the server has merged by now.
        'x-amz-content-sha256': decoded.headers['x-amz-content-sha256'],
      },
    };
    const text = canonicalRequestText(canonical, claimed.signedHeaders);
    request.explanation = {
      SignatureProvided: claimed.signatureProvided,
      CanonicalRequest: text,
      CanonicalRequestBytes: (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' '),
    };
    return getStringToSign(canonical, claimed);
  };
}
