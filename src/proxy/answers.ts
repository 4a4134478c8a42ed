import { type FunctionResponse, sentence } from '../runtime';
import type { HttpResponse } from '../s3/request';
import { type Audio, audioHeadersOf, type Validators, validatorsOf } from './audio';
import { rangeOf } from './range';
import type { Wanted } from './wanted';

const RANGES = { 'Accept-Ranges': 'bytes' };

/**
 * Answers from the whole object, as S3 would have answered from it.
 *
 * @param age seconds since S3 said that it is the current one
 */
export function answerFrom(
  { body, headers }: Audio,
  wanted: Wanted,
  age: number,
): FunctionResponse {
  const aged = { ...headers, ...(age > 0 && { Age: String(age) }) };
  if (isUnchanged(headers, wanted)) {
    const { 'Content-Type': _type, 'Content-Encoding': _encoding, ...validators } = aged;
    return unchanged(validators);
  }
  const range = rangeOf(wanted.range, body.length);
  if (range === 'unsatisfiable') return noSuchRange(`bytes */${body.length}`);
  if (range === 'whole') return { status: 200, headers: { ...aged, ...RANGES }, body };
  const { first, last } = range;
  return {
    status: 206,
    headers: { ...aged, ...RANGES, 'Content-Range': `bytes ${first}-${last}/${body.length}` },
    body: body.subarray(first, last + 1),
  };
}

/**
 * Passes on an answer of S3's that brings a part of the object, or the news that it is unchanged.
 *
 * @throws {UnplayableTypeError}
 */
export function passOn(key: string, { status, headers, body }: HttpResponse): FunctionResponse {
  if (status === 304) return unchanged({ ...validatorsOf(headers) });
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

function unchanged(headers: Record<string, string>): FunctionResponse {
  return { status: 304, headers, body: '' };
}

/** @param contentRange `bytes`, a star for no range, and the object's size */
export function noSuchRange(contentRange: string | undefined): FunctionResponse {
  return sentence(416, 'The audio does not have the requested range.', {
    ...(contentRange !== undefined && { 'Content-Range': contentRange }),
  });
}

/**
 * Whether what the client has is what we have. Entity tags overrule dates; weak ones are compared
 * as strong ones are: https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 */
function isUnchanged(
  { ETag, 'Last-Modified': lastModified }: Validators,
  { ifNoneMatch, ifModifiedSince }: Wanted,
): boolean {
  if (ifNoneMatch !== undefined) {
    const ours = opaque(ETag);
    return (
      ifNoneMatch === '*' || [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === ours)
    );
  }
  // A date that is none compares as false.
  return Date.parse(lastModified ?? '') <= Date.parse(ifModifiedSince ?? '');
}

function opaque(etag = ''): string {
  return etag.replace(/^W\//, '');
}
