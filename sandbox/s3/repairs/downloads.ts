import type { S3Context } from '@20minutes/s3rver';
import objects from '@20minutes/s3rver/lib/controllers/object';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { parseRange } from '../byte-range';
import { evaluateConditions } from '../conditions';
import type { ObjectStore, StoredEntry } from '../object-store';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (InvalidObjectState) */
const archived: readonly unknown[] = ['GLACIER', 'DEEP_ARCHIVE'];

function refuseArchived(ctx: S3Context, { headers }: StoredEntry): void {
  const storageClass = headers['x-amz-storage-class'];
  if (ctx.method === 'GET' && archived.includes(storageClass)) {
    throw new S3Error(
      'InvalidObjectState',
      "The operation is not valid for the object's storage class",
      { StorageClass: String(storageClass) },
    );
  }
}

/** A 304 carries what a cache needs to go on with what it has. */
function answerNotModified(ctx: S3Context, { etag, lastModified, headers }: StoredEntry): void {
  ctx.status = 304;
  ctx.set('ETag', `"${etag}"`);
  ctx.set('Last-Modified', lastModified.toUTCString());
  for (const name of ['cache-control', 'expires']) {
    if (headers[name] !== undefined) ctx.set(name, String(headers[name]));
  }
}

/** Leaves the server a range that it understands, or none. */
function normaliseRange(ctx: S3Context, size: number): 'whole' | 'part' {
  const range = parseRange(ctx.headers.range, size);
  if (range === 'unsatisfiable') {
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
      RangeRequested: ctx.headers.range ?? '',
      ActualObjectSize: size,
    });
  }
  ctx.headers.range = range === 'whole' ? undefined : `bytes=${range.start}-${range.end}`;
  return range === 'whole' ? 'whole' : 'part';
}

/**
 * Serves objects as S3 does. The server ignores If-Match and If-Unmodified-Since, compares only a
 * single strong ETag, lets If-Modified-Since overrule If-None-Match, sends 304 without an ETag,
 * takes `bytes=-5` for the first six bytes, `bytes=0-0` for all and two ranges for one, and returns
 * no checksums.
 */
export function serveLikeS3(store: ObjectStore): void {
  const serve = objects.getObject;
  objects.getObject = async (ctx) => {
    const entry = store.find(ctx.params.bucket, ctx.params.key);
    if (!entry) return serve(ctx);
    refuseArchived(ctx, entry);
    const outcome = evaluateConditions(ctx.headers, entry);
    if (outcome === 'failed') {
      throw new S3Error(
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        { Condition: 'if-match' in ctx.headers ? 'If-Match' : 'If-Unmodified-Since' },
      );
    }
    if (outcome === 'not modified') return answerNotModified(ctx, entry);

    for (const name of ['if-none-match', 'if-modified-since']) ctx.headers[name] = undefined;
    const extent = normaliseRange(ctx, entry.size);
    await serve(ctx);
    if (extent === 'whole' && ctx.headers['x-amz-checksum-mode'] === 'ENABLED') {
      for (const [header, value] of Object.entries(entry.checksums)) ctx.set(header, value);
    }
  };
}
