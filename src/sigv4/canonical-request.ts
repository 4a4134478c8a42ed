import { canonicalSpelling, percentEncode } from './encode';
import { type CanonicalHeaders, signedHeaders } from './headers';
import type { PathRules } from './types';

/** Everything that the signature covers. */
export interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: CanonicalHeaders;
  /** Lower-case hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

/**
 * Step 1: the request in its one canonical form, six lines or more.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
export function canonicalRequest(parts: SignedParts, rules: PathRules = {}): string {
  return [
    parts.method,
    canonicalPath(parts.path, rules),
    canonicalQuery(parts.query),
    ...parts.headers.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders(parts.headers),
    parts.payloadHash,
  ].join('\n');
}

/** The path as it is signed; `%2F` is a slash, as it is in an S3 key. */
export function canonicalPath(path: string, rules: PathRules = {}): string {
  const kept = rules.normalizePath ? normalize(path) : path;
  const spelling = rules.doubleEncodePath ? percentEncode : canonicalSpelling;
  return kept.split('/').map(spelling).join('/').replaceAll('%2F', '/');
}

function normalize(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

/** One query parameter in canonical spelling. */
export type Parameter = readonly [name: string, value: string];

/** The parameters of a query as sent, in its order; a name without `=` has an empty value. */
export function parseQuery(query: string): Parameter[] {
  return query
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const [name = '', ...value] = piece.split('=');
      return [canonicalSpelling(name), canonicalSpelling(value.join('='))];
    });
}

/** The query as it is signed: every parameter but the signature, by name, then by value. */
export function canonicalQuery(query: string): string {
  return (
    parseQuery(query)
      .filter(([name]) => name !== 'X-Amz-Signature')
      // By code unit, not joined: "Param-3=" would come before "Param=", as "-" is before "=".
      .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
