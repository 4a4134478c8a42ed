import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Clock } from '../clock';
import type { S3Config } from '../config';
import { CredentialsError } from '../credentials/credentials';
import { credentialsOf } from '../credentials/with-aws-clients';
import { messageOf } from '../errors';
import { S3_ATTEMPTS, S3_TIMEOUT_MS } from '../limits';
import { retryAfterMs, withRetry } from '../retry';
import { usesPathStyle } from './address';
import { adviceOn, isAboutObject, retryVerdict, S3Error } from './errors';

/** An object as a listing describes it. */
export interface PromptObject {
  readonly key: string;
  /** With its quotes, as S3 gives it. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Date;
  /** Such as STANDARD or GLACIER. */
  readonly storageClass: string;
}

/** The object was replaced or deleted since it was listed: list again. */
export class ChangedObjectError extends S3Error {}

/** The object is archived, though its storage class does not say so. */
export class ArchivedObjectError extends S3Error {}

/**
 * This object cannot be read, which says nothing about the others: S3 refuses it, or the bytes that
 * come are not what S3 listed.
 */
export class UnreadableObjectError extends S3Error {}

export interface PromptBucketOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
  /** For one attempt; reading an object may take longer, by its size. */
  readonly timeoutMs?: number;
  /** The slowest transfer that is not given up. */
  readonly minBytesPerSecond?: number;
}

/** The prompts of one bucket, under one prefix, as the sync reads them. */
export class PromptBucket {
  readonly #client: S3Client;
  readonly #s3: S3Config;
  readonly #options: PromptBucketOptions;

  constructor(s3: S3Config, options: PromptBucketOptions) {
    this.#s3 = s3;
    this.#options = options;
    this.#client = new S3Client({
      region: s3.region,
      credentials: () => credentialsOf(s3.credentials),
      forcePathStyle: usesPathStyle(s3),
      ...(s3.endpoint !== undefined && { endpoint: s3.endpoint }),
      // #withRetry() tries again, inside the deadline.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: options.timeoutMs ?? S3_TIMEOUT_MS },
    });
  }

  /**
   * All objects under the prefix, without the "folders" that consoles make as empty objects.
   *
   * @throws {S3Error} when a page cannot be read, or is truncated without a fresh continuation token: an
   *   incomplete listing must not pass for a whole one
   */
  async list(): Promise<PromptObject[]> {
    const { bucket, prefix } = this.#s3;
    const action = `Listing bucket ${bucket}`;
    const objects: PromptObject[] = [];
    const tokens = new Set<string>();
    for (let token: string | undefined; ; ) {
      const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
      const page = await this.#withRetry(action, 's3:ListBucket', () =>
        this.#client.send(new ListObjectsV2Command(input), this.#timeout()),
      );
      objects.push(...objectsOf(page, action));
      if (!page.IsTruncated) return objects;
      token = page.NextContinuationToken;
      if (token === undefined || tokens.has(token)) {
        throw new S3Error(`${action}: S3 broke the listing off after ${objects.length} objects.`);
      }
      tokens.add(token);
    }
  }

  /**
   * The bytes of an object, verified: its length, its MD5 where the ETag is one, and the checksum
   * that S3 sends, which the SDK compares.
   *
   * @throws {ChangedObjectError} when it is not what was listed any more
   * @throws {ArchivedObjectError} when it must be restored first
   * @throws {UnreadableObjectError} when it cannot be read, and the others may be
   * @throws {S3Error} when no object can be read: S3 is out of reach, or refuses the credentials
   */
  fetch(object: PromptObject): Promise<Buffer> {
    const { bucket } = this.#s3;
    const { key, etag, size } = object;
    const action = `Reading ${key} from bucket ${bucket}`;
    const input = { Bucket: bucket, Key: key, IfMatch: etag, ChecksumMode: 'ENABLED' as const };
    const content = Buffer.allocUnsafe(size);
    const attempt = async () => {
      const response = await this.#client
        .send(new GetObjectCommand(input), this.#timeout(size))
        .catch((thrown: unknown) => {
          throw isChange(thrown) ? changed(action) : thrown;
        });
      await readBody(object, response, content, action);
      verifyMd5(object, response, content, action);
      return content;
    };
    return this.#withRetry(action, 's3:GetObject', attempt);
  }

  /**
   * Reads the first byte of an object, to find out whether objects can be read at all. An archived
   * one counts as read: S3 answers InvalidObjectState only to a key that may read the object.
   *
   * @throws {UnreadableObjectError} when S3 refuses this object
   * @throws {S3Error} when no object can be read
   */
  async readFirstByte({ key }: PromptObject): Promise<void> {
    const { bucket } = this.#s3;
    const input = { Bucket: bucket, Key: key, Range: 'bytes=0-0' };
    try {
      const action = `Reading ${key} from bucket ${bucket}`;
      await this.#withRetry(action, 's3:GetObject', async () => {
        const { Body } = await this.#client.send(new GetObjectCommand(input), this.#timeout());
        if (Body instanceof Readable) Body.destroy();
      });
    } catch (thrown) {
      if (!(thrown instanceof ArchivedObjectError)) throw thrown;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** Ends one attempt, body included: the SDK's own request timeout only warns. */
  #timeout(bytes = 0): { abortSignal: AbortSignal } {
    const { timeoutMs = S3_TIMEOUT_MS, minBytesPerSecond = Number.POSITIVE_INFINITY } =
      this.#options;
    const transferMs = Math.ceil((bytes / minBytesPerSecond) * 1000);
    return { abortSignal: AbortSignal.timeout(timeoutMs + transferMs) };
  }

  async #withRetry<T>(action: string, permission: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, deadline } = this.#options;
    return withRetry({ clock, deadline, attempts: S3_ATTEMPTS }, retryVerdict, () =>
      attempt().catch((thrown: unknown) => {
        throw s3Error(action, permission, thrown, clock.now());
      }),
    );
  }
}

function objectsOf({ Contents = [] }: ListObjectsV2CommandOutput, action: string): PromptObject[] {
  return Contents.filter(({ Key }) => !Key?.endsWith('/')).map(
    ({ Key, ETag, Size, LastModified, StorageClass }) => {
      if (Key === undefined || ETag === undefined || Size === undefined || !LastModified) {
        throw new S3Error(`${action}: S3 left out a key, ETag, size or date.`);
      }
      return {
        key: Key,
        etag: ETag,
        size: Size,
        lastModified: LastModified,
        storageClass: StorageClass ?? 'STANDARD',
      };
    },
  );
}

/** Reads into a buffer of the object's size at once: the SDK's own way needs the memory twice. */
async function readBody(
  object: PromptObject,
  { Body, ETag }: GetObjectCommandOutput,
  content: Buffer,
  action: string,
): Promise<void> {
  // Not every server honours If-Match.
  if (ETag !== undefined && ETag !== object.etag) {
    if (Body instanceof Readable) Body.destroy();
    throw changed(action);
  }
  let length = 0;
  if (Body instanceof Readable) {
    for await (const chunk of Body) {
      const bytes: Buffer = chunk;
      bytes.copy(content, length);
      length += bytes.length;
    }
  }
  if (length !== content.length) {
    throw new UnreadableObjectError(
      `${action}: ${length} bytes came instead of ${content.length}.`,
    );
  }
}

/** Some proxies change bodies. */
function verifyMd5(
  { etag }: PromptObject,
  response: GetObjectCommandOutput,
  content: Buffer,
  action: string,
): void {
  const md5 = md5Of(etag, response);
  if (md5 !== undefined && createHash('md5').update(content).digest('hex') !== md5) {
    throw new UnreadableObjectError(`${action}: the bytes that came do not match their MD5.`);
  }
}

/**
 * The MD5 of an object whose ETag is one: uploaded in a single part, and encrypted neither with KMS
 * nor with a customer's key.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
function md5Of(
  etag: string,
  { ServerSideEncryption, SSECustomerAlgorithm }: GetObjectCommandOutput,
): string | undefined {
  const encrypted = ServerSideEncryption?.startsWith('aws:kms') || SSECustomerAlgorithm;
  return encrypted ? undefined : /^"([0-9a-f]{32})"$/.exec(etag)?.[1];
}

/** Whether the object is not there any more as it was listed. */
function isChange(thrown: unknown): boolean {
  if (!(thrown instanceof S3ServiceException)) return false;
  return thrown.$metadata.httpStatusCode === 412 || thrown.name === 'NoSuchKey';
}

function changed(action: string): ChangedObjectError {
  const message = `${action}: it was replaced or deleted meanwhile.`;
  return new ChangedObjectError(message, { kind: 'permanent' });
}

/** Tells only the code of S3's error: its message may repeat the signature or the key id. */
function s3Error(action: string, permission: string, thrown: unknown, now: Date): S3Error {
  if (thrown instanceof S3Error) return thrown;
  if (!(thrown instanceof S3ServiceException)) {
    return new S3Error(`${action}: S3 could not be reached: ${messageOf(thrown)}.`, {
      cause: thrown,
      kind: thrown instanceof CredentialsError ? 'permanent' : 'unavailable',
    });
  }
  const code = thrown.name;
  const status = thrown.$metadata.httpStatusCode ?? 0;
  if (code === 'InvalidObjectState') {
    const message = `${action}: it is archived and must be restored first.`;
    return new ArchivedObjectError(message, { status });
  }
  const headers = thrown.$response?.headers;
  const advice =
    status === 401 || status === 403
      ? `Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and that the key may ${permission}.`
      : adviceOn(code, headers?.['x-amz-bucket-region']);
  const ErrorClass =
    permission === 's3:GetObject' && isAboutObject(status, code) ? UnreadableObjectError : S3Error;
  return new ErrorClass(`${action}: S3 answered ${status} ${code}. ${advice}`.trim(), {
    status,
    code,
    retryAfterMs: retryAfterMs(headers?.['retry-after'], now),
  });
}
