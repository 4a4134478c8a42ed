import fresh from 'fresh';
import { S3ErrorResponse } from './errors';
import type { S3Request, S3Response } from './request';
import type { StoredObject } from './store';

type Headers = S3Request['headers'];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (InvalidObjectState) */
const ARCHIVES: readonly (string | undefined)[] = ['GLACIER', 'DEEP_ARCHIVE'];

/**
 * GetObject and HeadObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 *
 * @throws {S3ErrorResponse} for an archived object, a condition that fails, or a range outside the object
 */
export function respondToGet(object: StoredObject, { method, headers }: S3Request): S3Response {
  const { body, checksums } = object;
  const storageClass = object.headers['x-amz-storage-class'];
  if (method === 'GET' && ARCHIVES.includes(storageClass)) {
    throw new S3ErrorResponse('InvalidObjectState', { StorageClass: String(storageClass) });
  }
  const validators = {
    ETag: `"${object.etag}"`,
    'Last-Modified': object.lastModified.toUTCString(),
  };
  if (evaluateConditions(headers, object) === 'not modified') {
    // A cache needs these to keep what it has.
    const { 'cache-control': cacheControl, expires } = object.headers;
    return {
      status: 304,
      headers: {
        ...validators,
        ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
        ...(expires !== undefined && { expires }),
      },
    };
  }
  const described = {
    'content-type': 'binary/octet-stream',
    ...object.headers,
    ...validators,
    'Accept-Ranges': 'bytes',
  };
  const range = parseRange(headers.get('range'), body.length);
  if (range === 'whole') {
    const withChecksums = headers.get('x-amz-checksum-mode') === 'ENABLED';
    return { status: 200, headers: { ...described, ...(withChecksums && checksums) }, body };
  }
  if (range === 'unsatisfiable') {
    throw new S3ErrorResponse('InvalidRange', {
      RangeRequested: headers.get('range') ?? '',
      ActualObjectSize: body.length,
    });
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: { ...described, 'Content-Range': `bytes ${start}-${end}/${body.length}` },
    body: body.subarray(start, end + 1),
  };
}

/**
 * Evaluates conditions in their order of precedence: a comparison of ETags overrules one of dates.
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 *
 * @throws {S3ErrorResponse} PreconditionFailed
 */
export function evaluateConditions(
  headers: Headers,
  { etag, lastModified }: Pick<StoredObject, 'etag' | 'lastModified'>,
): 'proceed' | 'not modified' {
  // S3 takes ETags with and without their quotes.
  const isListed = (list: string) =>
    [`"${etag}"`, etag].some((each) => fresh({ 'if-none-match': list }, { etag: each }));

  const ifMatch = headers.get('if-match');
  const unmodifiedSince = Date.parse(headers.get('if-unmodified-since') ?? '');
  const failed =
    ifMatch === undefined ? lastModified.getTime() > unmodifiedSince : !isListed(ifMatch);
  if (failed) {
    const Condition = ifMatch === undefined ? 'If-Unmodified-Since' : 'If-Match';
    throw new S3ErrorResponse('PreconditionFailed', { Condition });
  }

  const ifNoneMatch = headers.get('if-none-match');
  const notModified =
    ifNoneMatch === undefined
      ? fresh(
          { 'if-modified-since': headers.get('if-modified-since') },
          { 'last-modified': lastModified.toUTCString() },
        )
      : isListed(ifNoneMatch);
  return notModified ? 'not modified' : 'proceed';
}

/** First and last byte, both included. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header. S3 serves one range at most, and answers the whole object to a header that
 * it cannot read. (The package range-parser refuses those, and suffixes that are longer than the
 * object.)
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const length = Number(last);
    if (length === 0 || size === 0) return 'unsatisfiable';
    return { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return 'whole';
  return start < size ? { start, end } : 'unsatisfiable';
}
