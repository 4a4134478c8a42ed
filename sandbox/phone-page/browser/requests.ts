import type { RequestRow } from '../protocol';

/** Which requests the inspector shows. */
export interface RequestFilter {
  /** Part of the verb, URL, status or type, whatever its case; empty for all. */
  readonly text: string;
  readonly failedOnly: boolean;
  readonly kind: 'all' | 'media' | 'webhooks';
}

export const EVERY_REQUEST: RequestFilter = { text: '', failedOnly: false, kind: 'all' };

/** Whether Twilio asked for a medium. All other requests are webhooks: they ask for TwiML. */
export function isMedia({ verb }: Pick<RequestRow, 'verb'>): boolean {
  return /\bPlay$/.test(verb);
}

export function isFailed({ status, failure }: RequestRow): boolean {
  return failure !== undefined || status === undefined || status >= 400;
}

export function filterRows(
  rows: readonly RequestRow[],
  { text, failedOnly, kind }: RequestFilter,
): readonly RequestRow[] {
  const sought = fold(text.trim());
  return rows.filter(
    (row) =>
      (kind === 'all' || isMedia(row) === (kind === 'media')) &&
      (!failedOnly || isFailed(row)) &&
      searched(row).some((field) => field.includes(sought)),
  );
}

function searched(row: RequestRow): readonly string[] {
  const { verb, method, url, appended, servedBy, contentType = '' } = row;
  return [verb, method, url, readable(url), appended, servedBy, statusOf(row), contentType].map(
    fold,
  );
}

/** A key is found however its letters are composed. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Who answered, at the beginning of a sentence. */
export const SERVER_NAMES: Readonly<Record<RequestRow['servedBy'], string>> = {
  Asset: "Twilio's own file server (Assets)",
  Function: 'The Function',
  proxy: 'The proxy',
  S3: 'S3',
};

/** Why a request failed, in a sentence: shorter than Twilio says it, where that is enough. */
export function reasonOf(row: RequestRow): string {
  const { status, failure = '' } = row;
  const server = SERVER_NAMES[row.servedBy];
  if (status === undefined) return `${server} gave no answer.`;
  if (status >= 400) return `${server} answered ${statusOf(row)}.`;
  return `${failure.replace(/\.$/, '')}.`;
}

/** The status as a number and in words. */
export function statusOf({ status }: Pick<RequestRow, 'status'>): string {
  return status === undefined ? 'no answer' : `${status} ${WORDS[status] ?? ''}`.trim();
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-status-codes */
const WORDS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Too Large',
  415: 'Unsupported Type',
  416: 'Range Not Satisfiable',
  429: 'Too Many Requests',
  500: 'Server Error',
  502: 'Bad Gateway',
  503: 'Unavailable',
  504: 'Gateway Timeout',
};

/** A parameter as somebody reads it. */
export interface ReadParameter {
  readonly name: string;
  readonly value: string;
}

/**
 * Splits a query that was appended, as a server reads it: `+` is a blank.
 *
 * @param appended without a leading `?` or `&`
 */
export function splitAppended(appended: string): readonly ReadParameter[] {
  return [...new URLSearchParams(appended)].map(([name, value]) => ({ name, value }));
}

/** A URL in two parts: what names the thing, and the query, which is long where it is signed. */
export interface ReadUrl {
  /** Path, with the host where it is not this page's own. */
  readonly path: string;
  /** With its `?`, cut where it is long; empty if there is none. */
  readonly query: string;
}

/** Of a query in a row: a screen reader reads each one to its end. */
const QUERY_CHARACTERS = 80;

/**
 * @param origin of this page
 */
export function splitUrl(url: string, origin: string): ReadUrl {
  const start = url.indexOf('?');
  const [address, query] = start < 0 ? [url, ''] : [url.slice(0, start), url.slice(start)];
  const path = address.startsWith(`${origin}/`) ? address.slice(origin.length) : address;
  const shown = query.length > QUERY_CHARACTERS ? `${query.slice(0, QUERY_CHARACTERS)}…` : query;
  return { path: readable(path), query: shown };
}

/** Shows letters beyond ASCII instead of their percent-encoding: a key can be read, and copied. */
function readable(text: string): string {
  return text.replace(/(?:%[89a-f][0-9a-f])+/gi, (encoded) => {
    try {
      const decoded = decodeURIComponent(encoded);
      return /^[\p{L}\p{M}\p{N}]+$/u.test(decoded) ? decoded : encoded;
    } catch {
      return encoded;
    }
  });
}
