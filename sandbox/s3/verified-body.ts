import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';
import S3Error from '@20minutes/s3rver/lib/models/error';

interface Digest {
  update(chunk: Buffer): void;
  /** Hexadecimal. */
  value(): string;
}

function hash(algorithm: string): Digest {
  const state = createHash(algorithm);
  return { update: (chunk) => state.update(chunk), value: () => state.digest('hex') };
}

function crc(): Digest {
  let state = 0;
  return {
    update: (chunk) => {
      state = crc32(chunk, state);
    },
    value: () => state.toString(16).padStart(8, '0'),
  };
}

interface Claim {
  readonly header: string;
  /** Hexadecimal. */
  readonly expected: string;
  readonly digest: Digest;
  readonly fault: (expected: string, actual: string) => S3Error;
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const checksums: Readonly<Record<string, () => Digest>> = {
  crc32: crc,
  sha1: () => hash('sha1'),
  sha256: () => hash('sha256'),
};

function claimedHash(value: string): Claim {
  return {
    header: 'x-amz-content-sha256',
    expected: value.toLowerCase(),
    digest: hash('sha256'),
    fault: (expected, actual) => {
      const error = new S3Error(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: actual },
      );
      error.status = 400;
      return error;
    },
  };
}

function claimedMd5(value: string): Claim {
  return {
    header: 'content-md5',
    expected: Buffer.from(value, 'base64').toString('hex'),
    digest: hash('md5'),
    fault: (expected, actual) =>
      new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
        ExpectedDigest: base64(expected),
        CalculatedDigest: base64(actual),
      }),
  };
}

function claimedChecksum(header: string, value: string): Claim {
  const name = header.slice('x-amz-checksum-'.length);
  const digest = checksums[name];
  if (!digest) {
    throw new S3Error(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      { Header: header },
    );
  }
  return {
    header,
    expected: Buffer.from(value, 'base64').toString('hex'),
    digest: digest(),
    fault: () =>
      new S3Error(
        'BadDigest',
        `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
      ),
  };
}

/** What the headers say about the body. */
function claims(headers: IncomingHttpHeaders): readonly Claim[] {
  return Object.entries(headers).flatMap(([header, value]) => {
    if (typeof value !== 'string') return [];
    if (header === 'content-md5') return [claimedMd5(value)];
    if (header === 'x-amz-content-sha256' && /^[\da-f]{64}$/i.test(value)) {
      return [claimedHash(value)];
    }
    const checksum = /^x-amz-checksum-(crc|sha)\w+$/.test(header);
    return checksum ? [claimedChecksum(header, value)] : [];
  });
}

/**
 * Passes a request body through and fails at its end unless it is what its headers claim: payload
 * hash, Content-MD5 and `x-amz-checksum-…`. The server signs for the hash without looking.
 */
export class VerifiedBody extends Transform {
  /** `x-amz-checksum-…` headers, true once the body has ended. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly #claims: readonly Claim[];

  /** @throws S3Error NotImplemented for a checksum that cannot be verified here. */
  constructor(headers: IncomingHttpHeaders) {
    super();
    this.#claims = claims(headers);
    this.checksums = Object.fromEntries(
      this.#claims
        .filter(({ header }) => header.startsWith('x-amz-checksum-'))
        .map(({ header, expected }) => [header, base64(expected)]),
    );
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const { digest } of this.#claims) digest.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const faults = this.#claims.flatMap(({ digest, expected, fault }) => {
      const actual = digest.value();
      return actual === expected ? [] : [fault(expected, actual)];
    });
    done(faults[0]);
  }
}
