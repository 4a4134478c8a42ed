import { type FunctionResponse, sentence } from '../runtime';
import { rangeOf } from '../s3/range';
import type { ObjectResponse } from '../s3/request';
import { type Audio, audioHeadersOf, cacheHeadersOf } from './audio';
import { isNotModified, type RequestConditions } from './request-conditions';

const RANGES = { 'Accept-Ranges': 'bytes' };

/**
 * Responds from the whole object, as S3 would have done.
 *
 * @param ageSeconds since S3 last sent the object or called it current
 */
export function audioResponse(
  { body, headers }: Audio,
  conditions: RequestConditions,
  ageSeconds: number,
): FunctionResponse {
  const aged = ageSeconds > 0 ? { ...headers, Age: String(ageSeconds) } : headers;
  const { ETag: etag, 'Last-Modified': lastModified } = headers;
  if (isNotModified(conditions, { etag, lastModified })) {
    const { 'Content-Type': _type, 'Content-Encoding': _encoding, ...cacheHeaders } = aged;
    return notModified(cacheHeaders);
  }
  const range = rangeOf(conditions.range, body.length);
  if (range === 'unsatisfiable') return rangeNotSatisfiable(`bytes */${body.length}`);
  if (range === 'whole') return { status: 200, headers: { ...aged, ...RANGES }, body };
  const { first, last } = range;
  return {
    status: 206,
    headers: { ...aged, ...RANGES, 'Content-Range': `bytes ${first}-${last}/${body.length}` },
    body: body.subarray(first, last + 1),
  };
}

/**
 * Passes on S3's own response with a part of the object (206), or without a body (304).
 *
 * @throws {UnplayableTypeError}
 */
export function forwardedResponse(
  key: string,
  { status, headers, body }: ObjectResponse,
): FunctionResponse {
  if (status === 304) return notModified({ ...cacheHeadersOf(headers) });
  const range = headers['content-range'];
  return {
    status,
    headers: {
      ...audioHeadersOf(key, headers),
      ...RANGES,
      ...(range !== undefined && { 'Content-Range': range }),
    },
    body,
  };
}

function notModified(headers: Record<string, string>): FunctionResponse {
  return { status: 304, headers, body: '' };
}

/** @param contentRange `bytes`, a star for no range, and the object's size */
export function rangeNotSatisfiable(contentRange: string | undefined): FunctionResponse {
  return sentence(416, 'The audio does not have the requested range.', {
    ...(contentRange !== undefined && { 'Content-Range': contentRange }),
  });
}
