import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { S3Bucket, S3Metadata, S3Store, UploadedObject, Written } from '@20minutes/s3rver';
import S3Object from '@20minutes/s3rver/lib/models/object';
import { compareUtf8 } from './listing';
import { type AskedPart, MultipartUploads } from './multipart-uploads';
import { VerifiedBody } from './verified-body';
import { writeFile } from './written-file';

/** One version of an object. Entries are replaced whole, so that nobody sees half of one. */
export interface StoredEntry {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** The headers that S3 stores with an object. */
  readonly headers: S3Metadata;
  /** `x-amz-checksum-…` headers that the upload proved right. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** S3's dates have whole seconds. */
function wholeSecond(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}

/**
 * Keeps objects in files of random names and everything else in memory.
 *
 * The server's own store uses keys as paths, which cannot hold keys of more than 239 bytes between
 * slashes, takes `a//b` and `a/b` for one, follows `..` out of the bucket, and shows a reader new
 * bytes under the old ETag while an object is replaced.
 *
 * No file is removed before the server stops: a reader that has looked one up may yet have to open
 * it.
 */
export class ObjectStore implements S3Store {
  readonly #folder: string;
  readonly #created = new Date();
  readonly #buckets: ReadonlyMap<string, Map<string, StoredEntry>>;
  readonly #uploads: MultipartUploads;

  /** @param folder where contents lie; whoever made it removes it */
  constructor(folder: string, buckets: readonly string[]) {
    this.#folder = folder;
    this.#buckets = new Map(buckets.map((name) => [name, new Map()]));
    this.#uploads = new MultipartUploads(folder);
  }

  find(bucket: string, key: string): StoredEntry | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** All keys of a bucket, in S3's order. */
  sortedKeys(bucket: string): readonly string[] {
    return [...(this.#buckets.get(bucket)?.keys() ?? [])].sort(compareUtf8);
  }

  async getBucket(name: string): Promise<S3Bucket | null> {
    return this.#buckets.has(name) ? { name, creationDate: this.#created } : null;
  }

  async listBuckets(): Promise<S3Bucket[]> {
    return [...this.#buckets.keys()].map((name) => ({ name, creationDate: this.#created }));
  }

  /** No CORS or web site configuration: both would serve requests without a signature. */
  async getSubresource(): Promise<null> {
    return null;
  }

  async existsObject(bucket: string, key: string): Promise<boolean> {
    return this.find(bucket, key) !== undefined;
  }

  async getObject(
    bucket: string,
    key: string,
    { start, end }: { start?: number; end?: number } = {},
  ): Promise<S3Object | null> {
    const entry = this.find(bucket, key);
    if (!entry) return null;
    const range = start === undefined || end === undefined ? undefined : { start, end };
    const object = new S3Object(bucket, key, createReadStream(entry.file, range), {
      ...entry.headers,
      etag: `"${entry.etag}"`,
      'last-modified': entry.lastModified.toUTCString(),
      'content-length': entry.size,
    });
    object.range = range;
    return object;
  }

  async putObject({ bucket, key, content, metadata }: UploadedObject): Promise<Written> {
    const written = await writeFile(this.#folder, content);
    const checksums = content instanceof VerifiedBody ? content.checksums : {};
    this.#commit(bucket, key, { ...written, etag: written.md5, headers: metadata, checksums });
    return written;
  }

  async deleteObject(bucket: string, key: string): Promise<void> {
    this.#buckets.get(bucket)?.delete(key);
  }

  async initiateUpload(
    bucket: string,
    key: string,
    id: string,
    headers: S3Metadata,
  ): Promise<void> {
    const { metadata } = new S3Object(bucket, key, null, headers);
    this.#uploads.begin(id, { bucket, key, headers: metadata });
  }

  async putPart(bucket: string, id: string, part: string, content: Readable): Promise<Written> {
    return this.#uploads.put(bucket, id, Number(part), content);
  }

  async putObjectMultipart(
    bucket: string,
    id: string,
    asked: readonly AskedPart[],
  ): Promise<Written> {
    const { key, headers, whole, etag } = await this.#uploads.complete(bucket, id, asked);
    this.#commit(bucket, key, { ...whole, etag, headers, checksums: {} });
    return { size: whole.size, md5: etag };
  }

  #commit(bucket: string, key: string, written: Omit<StoredEntry, 'lastModified'>): void {
    this.#buckets.get(bucket)?.set(key, { ...written, lastModified: wholeSecond() });
  }
}
