/** A request target as it came over the wire, decoded once. */
export interface RequestTarget {
  /** Percent-decoded path, with its leading slash; dot segments and double slashes kept. */
  readonly path: string;
  /** Percent-decoded parameters in the order sent, repeated ones included. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** S3 reads a raw `+` as a blank, in the path too; clients that mean a plus send %2B. */
const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));

function decodeParameter(parameter: string): readonly [string, string] {
  const equals = parameter.indexOf('=');
  if (equals === -1) return [decode(parameter), ''];
  return [decode(parameter.slice(0, equals)), decode(parameter.slice(equals + 1))];
}

/**
 * Decodes a request target such as `/bucket/a%20b.mp3?list-type=2`.
 *
 * @throws URIError when an escape is broken or is not UTF-8.
 */
export function parseTarget(target: string): RequestTarget {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  return {
    path: decode(path),
    query: query
      .split('&')
      .filter((parameter) => parameter !== '')
      .map(decodeParameter),
  };
}

/** Everything but the unreserved characters of RFC 3986; encodeURIComponent leaves five too many. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The canonical URI of Signature Version 4 as S3 has it: encoded once, nothing normalised.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function canonicalUri(target: RequestTarget): string {
  return target.path.split('/').map(uriEncode).join('/');
}

/**
 * The canonical query string: every parameter, those that the server does not know included,
 * sorted by encoded name and then by encoded value.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function canonicalQuery(target: RequestTarget): string {
  return target.query
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
