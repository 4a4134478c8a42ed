import { isRange } from './range';

/** What a client asks about an object besides its key: values of request headers. */
export interface Wanted {
  /** One range of bytes; some objects have it. */
  readonly range?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
const ENTITY_TAGS = /^(?:\*|(?:W\/)?"[!#-~]*"(?:, ?(?:W\/)?"[!#-~]*")*)$/;
/** The most characters of a list of entity tags. */
const LONGEST = 1000;

/**
 * Reads the request headers that are the media's business. A value in no known form is left out, as
 * HTTP allows: the answer is the whole object then. So are several ranges, and a Range that If-Range
 * guards, because S3 knows no If-Range.
 */
export function wantedBy(event: Readonly<Record<string, unknown>>): Wanted {
  const headers = headersOf(event.request);
  const text = (name: string, isKnown: (value: string) => boolean) => {
    const value = headers[name];
    return typeof value === 'string' && isKnown(value) ? value : undefined;
  };
  return {
    range: headers['if-range'] === undefined ? text('range', isRange) : undefined,
    ifNoneMatch: text('if-none-match', isListOfEntityTags),
    ifModifiedSince: text('if-modified-since', isDate),
  };
}

function isListOfEntityTags(value: string): boolean {
  return value.length <= LONGEST && ENTITY_TAGS.test(value);
}

/**
 * In the one form that is sent; the older two may only be received, and nobody sends them.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
function isDate(value: string): boolean {
  return value.length === 29 && new Date(value).toUTCString() === value;
}

/**
 * A parameter named `request` takes the place of the runtime's own `request`, and spelled as
 * `request[headers][range]=…` it even looks like it. So a request is believed only if it looks like
 * one of Twilio's media requests: a client that names itself, which no parameter does by chance,
 * and no cookies. Any other is answered with the whole object.
 *
 * Who holds a URL that we signed and forges all of it gets in his own answer what the headers would
 * have got him there: a part of the object, or the news that it is unchanged. Nobody else's answer
 * changes, and nothing of it reaches what is kept in memory.
 */
function headersOf(request: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(request) || !isRecord(request.headers) || !isRecord(request.cookies)) return {};
  const { headers, cookies } = request;
  const isTheRuntimes = Object.keys(request).length === 2 && Object.keys(cookies).length === 0;
  return isTheRuntimes && typeof headers['user-agent'] === 'string' ? headers : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same, for S3. */
export function requestHeaders({
  range,
  ifNoneMatch,
  ifModifiedSince,
}: Wanted): Record<string, string> {
  return {
    ...(range !== undefined && { range }),
    ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
    ...(ifModifiedSince !== undefined && { 'if-modified-since': ifModifiedSince }),
  };
}
