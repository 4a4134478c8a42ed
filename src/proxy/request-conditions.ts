import type { RequestHeaders } from '../request-headers';
import { matchesEntityTag } from '../s3/entity-tag';
import { rangeOf } from '../s3/range';
import { isHttpDate } from './audio';

/** Request headers that decide what the response brings: a part of the object, or a 304. */
export interface RequestConditions {
  /** One range of bytes. */
  readonly range?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
const ENTITY_TAGS = /^(?:\*|(?:W\/)?"[!#-~]*"(?:, ?(?:W\/)?"[!#-~]*")*)$/;
const MAX_ENTITY_TAGS_LENGTH = 1000;

/**
 * Reads the conditions of a request. Values in an unknown form are ignored, as HTTP allows: the
 * response is the whole object then. Several ranges are ignored, too, and a Range with If-Range,
 * because S3 has no If-Range; and all conditions of a request without a User-Agent, which Twilio always
 * sends and no parameter has by chance.
 */
export function readConditions(headers: RequestHeaders): RequestConditions {
  if (headers['user-agent'] === undefined) return {};
  const text = (name: string, isKnown: (value: string) => boolean) => {
    const value = headers[name];
    return value !== undefined && isKnown(value) ? value : undefined;
  };
  return {
    range: headers['if-range'] === undefined ? text('range', isRange) : undefined,
    ifNoneMatch: text('if-none-match', isListOfEntityTags),
    ifModifiedSince: text('if-modified-since', isHttpDate),
  };
}

/** The conditions as request headers for S3. */
export function conditionHeaders({
  range,
  ifNoneMatch,
  ifModifiedSince,
}: RequestConditions): Record<string, string> {
  return {
    ...(range !== undefined && { range }),
    ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
    ...(ifModifiedSince !== undefined && { 'if-modified-since': ifModifiedSince }),
  };
}

/**
 * Whether the client has the object already. An entity tag overrules the date:
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 */
export function isNotModified(
  { ifNoneMatch, ifModifiedSince }: RequestConditions,
  { etag, lastModified }: { readonly etag?: string; readonly lastModified?: string },
): boolean {
  if (ifNoneMatch !== undefined) return matchesEntityTag(ifNoneMatch, etag);
  // Without a date on either side this compares NaN, which is false.
  return Date.parse(lastModified ?? '') <= Date.parse(ifModifiedSince ?? '');
}

/** Whether a Range header asks for one range of bytes that some object can have. */
function isRange(header: string): boolean {
  return typeof rangeOf(header, Number.MAX_SAFE_INTEGER) === 'object';
}

function isListOfEntityTags(value: string): boolean {
  return value.length <= MAX_ENTITY_TAGS_LENGTH && ENTITY_TAGS.test(value);
}
