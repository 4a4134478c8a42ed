import buckets from '@20minutes/s3rver/lib/controllers/bucket';
import AWSAccount from '@20minutes/s3rver/lib/models/account';
import S3Error from '@20minutes/s3rver/lib/models/error';
import * as v from 'valibot';
import { listPage } from '../listing';
import type { ObjectStore } from '../object-store';
import { uriEncode } from '../request-target';

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const pageLimit = 1000;

const Token = v.pipe(v.string(), v.parseJson(), v.tuple([v.string(), v.string()]));

const invalid = (message: string, name: string, value: string) =>
  new S3Error('InvalidArgument', message, { ArgumentName: name, ArgumentValue: value });

function writeToken(bucket: string, last: string): string {
  return Buffer.from(JSON.stringify([bucket, last])).toString('base64');
}

function readToken(token: string, bucket: string): string {
  const read = v.safeParse(Token, Buffer.from(token, 'base64').toString('utf8'));
  if (read.success && read.output[0] === bucket) return read.output[1];
  throw invalid('The continuation token provided is incorrect', 'continuation-token', token);
}

function readMaxKeys(text: string): number {
  if (!/^\d{1,10}$/.test(text)) {
    throw invalid('Provided max-keys not an integer or within integer range', 'max-keys', text);
  }
  return Number(text);
}

/** S3 encodes as forms do: a blank becomes `+`; slashes stay. */
function encodeAsForm(text: string): string {
  return uriEncode(text).replaceAll('%20', '+').replaceAll('%2F', '/');
}

function readEncoding(type: string | null): (text: string) => string {
  if (type === null) return (text) => text;
  if (type === 'url') return encodeAsForm;
  throw invalid('Invalid Encoding Method specified in Request', 'encoding-type', type);
}

function listBucket(store: ObjectStore, bucket: string, query: URLSearchParams): object {
  const version2 = query.get('list-type') === '2';
  const token = version2 ? query.get('continuation-token') : null;
  const startAfter = query.get(version2 ? 'start-after' : 'marker') ?? '';
  const maxKeys = readMaxKeys(query.get('max-keys') || String(pageLimit));
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const encode = readEncoding(query.get('encoding-type'));
  const page = listPage(store.sortedKeys(bucket), {
    prefix,
    delimiter,
    after: token === null ? startAfter : readToken(token, bucket),
    maxKeys: Math.min(maxKeys, pageLimit),
  });
  const { id: ID, displayName: DisplayName } = AWSAccount.DUMMY_ACCOUNT;
  const showOwner = !version2 || query.get('fetch-owner') === 'true';
  return {
    ListBucketResult: {
      '@': { xmlns },
      Name: bucket,
      Prefix: encode(prefix),
      ...(version2
        ? {
            StartAfter: token === null && startAfter ? encode(startAfter) : undefined,
            ContinuationToken: token ?? undefined,
            NextContinuationToken: page.next && writeToken(bucket, page.next),
            KeyCount: page.keys.length + page.commonPrefixes.length,
          }
        : {
            Marker: encode(startAfter),
            NextMarker: delimiter && page.next ? encode(page.next) : undefined,
          }),
      MaxKeys: maxKeys,
      Delimiter: delimiter ? encode(delimiter) : undefined,
      EncodingType: query.get('encoding-type') ?? undefined,
      IsTruncated: page.next !== undefined,
      Contents: page.keys.map((key) => {
        const stored = store.find(bucket, key);
        return {
          Key: encode(key),
          LastModified: stored?.lastModified.toISOString(),
          ETag: `"${stored?.etag}"`,
          Size: stored?.size,
          Owner: showOwner ? { ID, DisplayName } : undefined,
          StorageClass: stored?.headers['x-amz-storage-class'] ?? 'STANDARD',
        };
      }),
      CommonPrefixes: page.commonPrefixes.map((group) => ({ Prefix: encode(group) })),
    },
  };
}

/**
 * Lists as S3 does. The server's own listing makes its continuation token with the cipher `des`,
 * which OpenSSL 3 no longer has, so that every truncated listing is a 500; it pages in the order
 * of directories, which skips and repeats keys; it counts no common prefixes; and it knows neither
 * `encoding-type` nor an object's storage class.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listLikeS3(store: ObjectStore): void {
  buckets.getBucket = async (ctx) => {
    ctx.body = listBucket(store, ctx.params.bucket, new URLSearchParams(ctx.querystring));
  };
}

/**
 * Names the bucket's region; the server always names us-east-1, which is an empty element.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export function nameTheRegion(region: string): void {
  buckets.getBucketLocation = async (ctx) => {
    ctx.body = {
      LocationConstraint: { '@': { xmlns }, '#': region === 'us-east-1' ? '' : region },
    };
  };
}
