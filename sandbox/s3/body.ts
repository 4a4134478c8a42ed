import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { notImplemented, S3Error } from './error';
import type { S3Request } from './request';

type Digest = (body: Buffer) => Buffer;

const hash =
  (algorithm: string): Digest =>
  (body) =>
    createHash(algorithm).update(body).digest();

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const CHECKSUMS: Readonly<Record<string, Digest>> = {
  'x-amz-checksum-crc32': (body) => {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(body));
    return value;
  },
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
};

/**
 * Compares a body with the hash that its request is signed with.
 *
 * @throws {S3Error} XAmzContentSHA256Mismatch
 */
export function verifyPayloadHash(body: Buffer, signed: string): void {
  const computed = hash('sha256')(body).toString('hex');
  if (signed === 'UNSIGNED-PAYLOAD' || signed === computed) return;
  throw new S3Error(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: signed, S3ComputedContentSHA256: computed },
  );
}

/**
 * Compares an upload with Content-MD5 and the `x-amz-checksum-…` headers.
 *
 * @returns the checksum headers
 * @throws {S3Error} BadDigest, or NotImplemented for an algorithm that this server does not have
 */
export function verifyChecksums(
  body: Buffer,
  headers: S3Request['headers'],
): Readonly<Record<string, string>> {
  const checksums: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name !== 'content-md5' && !name.startsWith('x-amz-checksum-')) continue;
    const digest = name === 'content-md5' ? hash('md5') : CHECKSUMS[name];
    if (!digest) throw notImplemented({ Header: name });
    const computed = digest(body).toString('base64');
    if (value !== computed) {
      throw new S3Error('BadDigest', `The ${name} you specified did not match what we received.`, {
        ExpectedDigest: value,
        CalculatedDigest: computed,
      });
    }
    if (name !== 'content-md5') checksums[name] = value;
  }
  return checksums;
}
