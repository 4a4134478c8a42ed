import { canonicalPath, type Parameter, parseQuery } from '../src/sigv4';

/** A URL taken apart without WHATWG's normalising, which would hide what is looked for. */
export interface SentUrl {
  readonly method: string | undefined;
  readonly scheme: string;
  /** Lower case, without the scheme's own port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** In canonical spelling, in the order sent. */
  readonly parameters: readonly Parameter[];
  /** It holds an & that is escaped for XML, HTML or JSON. */
  readonly escaped: boolean;
}

const SENT =
  /^(?:(?<method>[A-Z]+) )?(?:(?<scheme>https?):\/\/(?:[^/?#@]*@)?(?<host>[\w.:[\]-]+))?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/i;

const ESCAPED_AMPERSAND = /&amp(?:;|%3B)|&#(?:0*38|x0*26);|(?:\\|%5C)u0026/i;

/**
 * Reads a URL, or a line of an access log: `GET /key.mp3?CallSid=… HTTP/1.1`. Either may stand in
 * quotes.
 *
 * @param base gives scheme and host where only a path was logged.
 * @throws {TypeError} when it is neither. The message does not quote it.
 */
export function readUrl(text: string, base?: Pick<SentUrl, 'scheme' | 'host'>): SentUrl {
  const sent = text.trim().replace(/^(["'])(.*)\1$/, '$2');
  const groups = SENT.exec(sent.replace(/ HTTP\/[\d.]+$/, ''))?.groups;
  const scheme = groups?.scheme?.toLowerCase() ?? base?.scheme;
  const host = groups?.host?.toLowerCase() ?? base?.host;
  if (!groups || !scheme || !host || (!groups.scheme && !groups.path)) {
    throw new TypeError(
      base
        ? 'The requested URL is not one: give http(s)://host/path?query, or the path and query of an access log'
        : 'The presigned URL is not one: give it whole, http(s)://host/path?query',
    );
  }
  const ownPort = scheme === 'http' ? ':80' : ':443';
  const query = groups.query ?? '';
  return {
    method: groups.method?.toUpperCase(),
    scheme,
    host: host.endsWith(ownPort) ? host.slice(0, -ownPort.length) : host,
    path: groups.path ?? '/',
    query,
    parameters: parseQuery(query),
    escaped: ESCAPED_AMPERSAND.test(sent),
  };
}

/** The first value of a parameter, in canonical spelling. */
export function parameter(url: SentUrl, name: string): string | undefined {
  return url.parameters.find(([candidate]) => candidate === name)?.[1];
}

/** The path as S3 signs it. */
export function signedPath(url: SentUrl): string {
  return canonicalPath(url.path);
}
