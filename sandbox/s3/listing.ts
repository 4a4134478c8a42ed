import * as v from 'valibot';
import { S3_PAGE_KEYS } from '../../src/limits';
import { S3ErrorResponse } from './errors';
import { parameter, type S3Request, uriEncode } from './request';
import { compareUtf8, type ObjectStore } from './store';
import { renderXml } from './xml';

const continuation = v.pipe(v.string(), v.parseJson(), v.tuple([v.string(), v.string()]));

/**
 * ListObjectsV2, without groups of keys: a page of a bucket's objects as XML.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 *
 * @throws {S3ErrorResponse} for a parameter that makes no sense
 */
export function listObjects(store: ObjectStore, request: S3Request): string {
  const { bucket } = request;
  const prefix = parameter(request, 'prefix') ?? '';
  const startAfter = parameter(request, 'start-after') ?? '';
  const token = parameter(request, 'continuation-token');
  const maxKeys = readMaxKeys(parameter(request, 'max-keys') ?? '');
  const encodingType = parameter(request, 'encoding-type');
  const encode = readEncoding(encodingType);

  const after = token === undefined ? startAfter : readToken(token, bucket);
  const sorted = store.sorted(bucket);
  const isFollowing = (key: string) => after === '' || compareUtf8(key, after) > 0;
  const first = indexOfFirst(sorted, ([key]) => compareUtf8(key, prefix) >= 0 && isFollowing(key));
  const count = Math.min(maxKeys, S3_PAGE_KEYS);
  // Keys with one prefix lie together. One more than the page shows whether it is the last one.
  const following = sorted
    .slice(first, first + count + 1)
    .filter(([key]) => key.startsWith(prefix));
  const page = following.slice(0, count);
  const last = page.at(-1)?.[0];
  const next = last !== undefined && following.length > page.length ? last : undefined;
  return renderXml({
    ListBucketResult: {
      '@xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/',
      Name: bucket,
      Prefix: encode(prefix),
      StartAfter: token === undefined && startAfter !== '' ? encode(startAfter) : undefined,
      ContinuationToken: token,
      NextContinuationToken: next === undefined ? undefined : writeToken(bucket, next),
      KeyCount: page.length,
      MaxKeys: maxKeys,
      EncodingType: encodingType,
      IsTruncated: next !== undefined,
      Contents: page.map(([key, { lastModified, etag, body, headers }]) => ({
        Key: encode(key),
        LastModified: lastModified.toISOString(),
        ETag: `"${etag}"`,
        Size: body.length,
        StorageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
      })),
    },
  });
}

/** The index of the first item of which this is true; it is true of all that come after it. */
function indexOfFirst<Item>(items: readonly Item[], isTrue: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isTrue(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function writeToken(bucket: string, last: string): string {
  return Buffer.from(JSON.stringify([bucket, last])).toString('base64');
}

function readToken(token: string, bucket: string): string {
  const read = v.safeParse(continuation, Buffer.from(token, 'base64').toString());
  if (read.success && read.output[0] === bucket) return read.output[1];
  throw invalid('The continuation token provided is incorrect', 'continuation-token', token);
}

function readMaxKeys(text: string): number {
  if (text === '') return S3_PAGE_KEYS;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw invalid('Provided max-keys not an integer or within integer range', 'max-keys', text);
}

/** S3 encodes as forms do: a blank becomes `+`. Slashes stay. */
function readEncoding(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type === 'url') {
    return (text) => uriEncode(text).replaceAll('%20', '+').replaceAll('%2F', '/');
  }
  throw invalid('Invalid Encoding Method specified in Request', 'encoding-type', type);
}

function invalid(message: string, name: string, value: string): S3ErrorResponse {
  return new S3ErrorResponse(
    'InvalidArgument',
    { ArgumentName: name, ArgumentValue: value },
    message,
  );
}
