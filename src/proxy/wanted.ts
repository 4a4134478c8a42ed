/** What a client asks about an object besides its key: values of request headers. */
export interface Wanted {
  readonly range?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
}

const RANGE = /^bytes=[\d\s,-]{1,200}$/;
/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
const ENTITY_TAGS = /^(?:\*|(?:W\/)?"[!#-~]*"(?:, ?(?:W\/)?"[!#-~]*")*)$/;
const DATE = /^[\w,: +-]{1,100}$/;
/** The most characters of a list of entity tags. */
const LONGEST = 1000;

/**
 * Reads the request headers that are the media's business. A value in no known form is left out, as
 * HTTP allows: the answer is the whole object then. So is a Range that If-Range guards, because S3
 * knows no If-Range.
 */
export function wantedBy(event: Readonly<Record<string, unknown>>): Wanted {
  const headers = headersOf(event.request);
  const text = (name: string, form: RegExp) => {
    const value = headers[name];
    return typeof value === 'string' && value.length <= LONGEST && form.test(value)
      ? value
      : undefined;
  };
  return {
    range: headers['if-range'] === undefined ? text('range', RANGE) : undefined,
    ifNoneMatch: text('if-none-match', ENTITY_TAGS),
    ifModifiedSince: text('if-modified-since', DATE),
  };
}

/**
 * A parameter named `request` takes the place of the runtime's own `request`, and spelled as
 * `request[headers][range]=…` it even looks like it. Twilio's media requests bring no cookies, and an
 * empty object is what a query does not spell by chance: so only a request without cookies is
 * believed, and any other is answered with the whole object. Who forges all of it gets the part of
 * the object that a header would have got.
 */
function headersOf(request: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(request) || !isRecord(request.headers) || !isRecord(request.cookies)) return {};
  const names = Object.keys(request);
  return names.length === 2 && Object.keys(request.cookies).length === 0 ? request.headers : {};
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
