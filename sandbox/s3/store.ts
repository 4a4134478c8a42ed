import { createHash } from 'node:crypto';

/** One version of an object. An object is replaced whole, so that no reader sees half of it. */
export interface StoredObject {
  readonly body: Buffer;
  /** Without quotes. */
  readonly etag: string;
  /** In whole seconds, as S3's dates are. */
  readonly lastModified: Date;
  /** Headers that S3 stores with an object and sends back, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-checksum-…` headers that the body was compared with. */
  readonly checksums: Readonly<Record<string, string>>;
}

export interface PutOptions
  extends Partial<Pick<StoredObject, 'headers' | 'checksums' | 'lastModified'>> {
  /** In place of the body's MD5: objects uploaded in parts or encrypted with KMS have another. */
  readonly etag?: string;
}

/** What happened to an object: what S3 sends events of. */
export interface ObjectChange {
  readonly type: 'put' | 'delete';
  readonly bucket: string;
  readonly key: string;
}

/** Buckets and their objects, in memory. */
export class ObjectStore {
  readonly #buckets: ReadonlyMap<string, Map<string, StoredObject>>;
  /** Until the bucket changes: a listing of 100,000 objects asks a hundred times. */
  readonly #sorted = new Map<string, readonly StoredEntry[]>();
  readonly #listeners = new Set<(change: ObjectChange) => void>();

  constructor(buckets: readonly string[]) {
    this.#buckets = new Map(buckets.map((name) => [name, new Map()]));
  }

  hasBucket(bucket: string): boolean {
    return this.#buckets.has(bucket);
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** @throws {Error} when there is no such bucket */
  put(bucket: string, key: string, body: Buffer, options: PutOptions = {}): StoredObject {
    const objects = this.#buckets.get(bucket);
    if (!objects) throw new Error(`there is no bucket ${bucket}`);
    const object: StoredObject = {
      body,
      etag: options.etag ?? createHash('md5').update(body).digest('hex'),
      lastModified: wholeSeconds(options.lastModified ?? new Date()),
      headers: options.headers ?? {},
      checksums: options.checksums ?? {},
    };
    this.#sorted.delete(bucket);
    objects.set(key, object);
    this.#tell({ type: 'put', bucket, key });
    return object;
  }

  delete(bucket: string, key: string): void {
    this.#sorted.delete(bucket);
    if (this.#buckets.get(bucket)?.delete(key)) this.#tell({ type: 'delete', bucket, key });
  }

  /** @returns ends it */
  subscribe(listener: (change: ObjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: ObjectChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Objects of a bucket in the order of their keys' UTF-8 bytes, which S3 lists in. */
  sorted(bucket: string): readonly StoredEntry[] {
    let sorted = this.#sorted.get(bucket);
    if (!sorted) {
      sorted = [...(this.#buckets.get(bucket) ?? [])].sort(([a], [b]) => compareUtf8(a, b));
      this.#sorted.set(bucket, sorted);
    }
    return sorted;
  }
}

export type StoredEntry = readonly [key: string, object: StoredObject];

function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

/**
 * JavaScript compares strings by UTF-16 units, which is another order.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html
 */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
