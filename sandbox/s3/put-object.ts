import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3ErrorResponse } from './errors';
import type { S3Request, S3Response } from './request';
import type { ObjectStore } from './store';

type Digest = (body: Buffer) => Buffer;

const hash =
  (algorithm: string): Digest =>
  (body) =>
    createHash(algorithm).update(body).digest();

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const DIGESTS: Readonly<Record<string, Digest>> = {
  'content-md5': hash('md5'),
  'x-amz-checksum-crc32': (body) => {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(body));
    return value;
  },
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
};

const STORED_HEADERS =
  /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-(meta-.*|storage-class))$/;

/**
 * PutObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 *
 * @throws {S3ErrorResponse} without a length, or when the body is not the one that its headers describe
 */
export function putObject(
  { bucket, key, headers: sent }: S3Request,
  body: Buffer,
  store: ObjectStore,
): S3Response {
  if (!sent.has('content-length')) throw new S3ErrorResponse('MissingContentLength');
  const checksums = verifyChecksums(body, sent);
  const headers = Object.fromEntries([...sent].filter(([name]) => STORED_HEADERS.test(name)));
  const { etag } = store.put(bucket, key, body, { headers, checksums });
  return { status: 200, headers: { ETag: `"${etag}"`, ...checksums } };
}

/** Compares an upload with Content-MD5 and `x-amz-checksum-…`, and returns the latter. */
function verifyChecksums(
  body: Buffer,
  headers: S3Request['headers'],
): Readonly<Record<string, string>> {
  const checksums: Record<string, string> = {};
  for (const [name, expected] of headers) {
    if (name !== 'content-md5' && !name.startsWith('x-amz-checksum-')) continue;
    const digest = DIGESTS[name];
    if (!digest) throw new S3ErrorResponse('NotImplemented', { Header: name });
    const computed = digest(body).toString('base64');
    if (computed !== expected) {
      throw new S3ErrorResponse('BadDigest', {
        ExpectedDigest: expected,
        CalculatedDigest: computed,
      });
    }
    if (name !== 'content-md5') checksums[name] = expected;
  }
  return checksums;
}

/**
 * Compares a body with the hash that its request is signed with.
 *
 * @throws {S3ErrorResponse} XAmzContentSHA256Mismatch
 */
export function verifyPayloadHash(body: Buffer, signed: string): void {
  const computed = hash('sha256')(body).toString('hex');
  if (signed === 'UNSIGNED-PAYLOAD' || signed === computed) return;
  throw new S3ErrorResponse('XAmzContentSHA256Mismatch', {
    ClientComputedContentSHA256: signed,
    S3ComputedContentSHA256: computed,
  });
}
