import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { S3Metadata } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { joinFiles, type WrittenFile, writeFile } from './written-file';

interface Upload {
  readonly bucket: string;
  readonly key: string;
  /** The headers that S3 stores with an object. */
  readonly headers: S3Metadata;
  readonly parts: Map<number, WrittenFile>;
}

/** What a client says that it sent: number and ETag, without quotes. */
export interface AskedPart {
  readonly number: number;
  readonly etag: string;
}

export interface CompletedUpload extends Pick<Upload, 'key' | 'headers'> {
  readonly whole: WrittenFile;
  readonly etag: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const smallestPartBytes = 5 * 1024 * 1024;

/** The ETag of such an object is no MD5 of it: it is the MD5 of its parts' MD5s, and a count. */
function multipartEtag(parts: readonly WrittenFile[]): string {
  const digests = Buffer.from(parts.map(({ md5 }) => md5).join(''), 'hex');
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}

/**
 * Objects that arrive in parts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export class MultipartUploads {
  readonly #folder: string;
  readonly #uploads = new Map<string, Upload>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  begin(id: string, upload: Omit<Upload, 'parts'>): void {
    this.#uploads.set(id, { ...upload, parts: new Map() });
  }

  async put(bucket: string, id: string, part: number, content: Readable): Promise<WrittenFile> {
    const { parts } = this.#find(bucket, id);
    const written = await writeFile(this.#folder, content);
    parts.set(part, written);
    return written;
  }

  async complete(
    bucket: string,
    id: string,
    asked: readonly AskedPart[],
  ): Promise<CompletedUpload> {
    const { key, headers, parts } = this.#find(bucket, id);
    const chosen = asked.map(({ number, etag }) => {
      const part = parts.get(number);
      if (part?.md5 === etag) return part;
      throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
    });
    if (asked.some(({ number }, i) => number <= (asked[i - 1]?.number ?? 0))) {
      throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    if (chosen.slice(0, -1).some(({ size }) => size < smallestPartBytes)) {
      throw new S3Error(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
      );
    }
    const whole = await joinFiles(this.#folder, chosen);
    this.#uploads.delete(id);
    return { key, headers, whole, etag: multipartEtag(chosen) };
  }

  #find(bucket: string, id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload?.bucket === bucket) return upload;
    throw new S3Error('NoSuchUpload', 'The specified upload does not exist.', { UploadId: id });
  }
}
