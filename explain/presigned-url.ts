import { type Parameter, parseQuery } from '../src/sigv4/canonical';

/** A URL taken apart without WHATWG's normalising, which would hide the differences. */
export interface SentUrl {
  readonly method: string | undefined;
  readonly scheme: string;
  /** Lower case, without the scheme's own port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** In canonical spelling, in the order sent. */
  readonly parameters: readonly Parameter[];
  /** Whether it holds an & that is escaped for XML, HTML or JSON. */
  readonly escaped: boolean;
}

const SENT =
  /^(?:(?<method>[A-Z]+) )?(?:(?<scheme>https?):\/\/(?:[^/?#@]*@)?(?<host>[\w.:[\]-]+))?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/i;

const ESCAPED_AMPERSAND = /&amp(?:;|%3B)|&#(?:0*38|x0*26);|(?:\\|%5C)u0026/gi;

/** Writes & where it was escaped for XML, HTML or JSON. */
export function unescapeAmpersands(text: string): string {
  return text.replace(ESCAPED_AMPERSAND, '&');
}

/**
 * Reads a URL, or a line of an access log: `GET /key.mp3?CallSid=… HTTP/1.1`. Either may stand in
 * quotes.
 *
 * @param base gives scheme and host where only a path was logged
 * @throws {TypeError} when it is neither; the message does not quote it
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
  const defaultPort = scheme === 'http' ? ':80' : ':443';
  const query = groups.query ?? '';
  return {
    method: groups.method?.toUpperCase(),
    scheme,
    host: host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host,
    path: groups.path ?? '/',
    query,
    parameters: parseQuery(query),
    escaped: sent !== unescapeAmpersands(sent),
  };
}

/** The first value of a parameter, in canonical spelling. */
export function parameter(url: SentUrl, name: string): string | undefined {
  return url.parameters.find(([candidate]) => candidate === name)?.[1];
}

/** What X-Amz-SignedHeaders names, `host` where it is missing. */
export function signedHeaderNames(url: SentUrl): string[] {
  return (parameter(url, 'X-Amz-SignedHeaders') ?? 'host').split('%3B');
}

/** The parameters of a signature, each undefined where it is not in a form that S3 reads. */
export interface SigningParameters {
  readonly missing: readonly string[];
  readonly algorithm: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly day: string | undefined;
  readonly region: string | undefined;
  readonly service: string | undefined;
  readonly hasToken: boolean;
  readonly signedAt: Date | undefined;
  readonly expiresInSeconds: number | undefined;
  /** S3 counts from X-Amz-Date. */
  readonly expiresAt: Date | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export const REQUIRED_PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
] as const;

const CREDENTIAL =
  /^(?<accessKeyId>.+)%2F(?<day>\d{8})%2F(?<region>[^%]+)%2F(?<service>[^%]+)%2Faws4_request$/;

export function readSigningParameters(url: SentUrl): SigningParameters {
  const scope = CREDENTIAL.exec(parameter(url, 'X-Amz-Credential') ?? '')?.groups;
  const expires = parameter(url, 'X-Amz-Expires') ?? '';
  const signedAt = readDate(parameter(url, 'X-Amz-Date') ?? '');
  const expiresInSeconds = /^\d{1,9}$/.test(expires) ? Number(expires) : undefined;
  return {
    missing: REQUIRED_PARAMETERS.filter((name) => parameter(url, name) === undefined),
    algorithm: parameter(url, 'X-Amz-Algorithm'),
    accessKeyId: scope?.accessKeyId,
    day: scope?.day,
    region: scope?.region,
    service: scope?.service,
    hasToken: parameter(url, 'X-Amz-Security-Token') !== undefined,
    signedAt,
    expiresInSeconds,
    expiresAt:
      signedAt && expiresInSeconds !== undefined
        ? new Date(signedAt.getTime() + expiresInSeconds * 1000)
        : undefined,
  };
}

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function readDate(text: string): Date | undefined {
  const date = new Date(text.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
  return DATE.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
}

const SIGNATURE_DIGITS = 64;

/** What is wrong with the form of a signature, as a clause; undefined where there is none at all. */
export function signatureFlaw(url: SentUrl): string | undefined {
  const signature = parameter(url, 'X-Amz-Signature');
  if (signature === undefined || /^[0-9a-f]{64}$/.test(signature)) return undefined;
  if (/^[0-9a-f]*$/.test(signature) && signature.length < SIGNATURE_DIGITS) {
    return `was cut off: X-Amz-Signature has ${signature.length} of ${SIGNATURE_DIGITS} digits`;
  }
  return `is not as it was signed: X-Amz-Signature is not of ${SIGNATURE_DIGITS} digits from 0 to f in lower case`;
}
