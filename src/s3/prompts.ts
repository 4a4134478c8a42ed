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
import { CredentialsError } from '../credentials';
import { credentialsOf } from '../credentials/installed';
import { messageOf, PlayError } from '../errors';
import { S3_ATTEMPTS, S3_TIMEOUT_MS } from '../limits';
import { isPassingStatus, OutOfTimeError, retryAfter, type Verdict, withRetry } from '../retry';
import { usesPathStyle } from './address';
import { adviceOn } from './refusal';

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

/** S3 refused a request or could not be reached. */
export class S3Error extends PlayError {}

/** The object is not any more what the listing said: list again. */
export class ChangedObjectError extends S3Error {
  constructor(
    message: string,
    readonly object: PromptObject,
  ) {
    super(message);
  }
}

/** The object is archived, though its storage class does not say so. */
export class ArchivedObjectError extends S3Error {}

/** The bytes are not those that S3 holds; another try may bring them. */
class DamagedBodyError extends S3Error {}

export interface PromptBucketOptions {
  readonly clock: Clock;
  /** The deadline of calls that name none. */
  readonly deadline?: number;
  /** For one attempt; reading an object may take longer, by its size. */
  readonly timeoutMs?: number;
  /** The slowest transfer that is not given up. */
  readonly minBytesPerSecond?: number;
}

/** How long one call may take, all its requests and attempts together. */
export interface CallOptions {
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline?: number;
}

export interface FetchOptions extends CallOptions {
  /** Where to read the object to, of the object's size. */
  readonly memory?: Buffer<ArrayBuffer>;
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
      // Tried again below, inside the deadline.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: options.timeoutMs ?? S3_TIMEOUT_MS },
    });
  }

  /**
   * All objects under the prefix, without the "folders" that consoles make as empty objects.
   *
   * @throws {S3Error} when a page cannot be read, or says that there is more without saying where:
   * half a listing is none
   */
  async list(options: CallOptions = {}): Promise<PromptObject[]> {
    const { bucket, prefix } = this.#s3;
    const tried = `Listing bucket ${bucket}`;
    const objects: PromptObject[] = [];
    const tokens = new Set<string>();
    for (let token: string | undefined; ; ) {
      const page = await this.#try<ListObjectsV2CommandOutput>(
        tried,
        's3:ListBucket',
        options,
        () =>
          this.#client.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
            this.#limit(),
          ),
      );
      objects.push(...objectsOf(page, tried));
      if (!page.IsTruncated) return objects;
      token = page.NextContinuationToken;
      if (token === undefined || tokens.has(token)) {
        throw new S3Error(`${tried}: S3 broke the listing off after ${objects.length} objects.`);
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
   * @throws {S3Error} when it cannot be read whole
   */
  fetch(object: PromptObject, options: FetchOptions = {}): Promise<Buffer> {
    const { bucket } = this.#s3;
    const { memory = Buffer.allocUnsafe(object.size) } = options;
    const { key, etag } = object;
    const tried = `Reading ${key} from bucket ${bucket}`;
    return this.#try(tried, 's3:GetObject', options, async () => {
      const response = await this.#client
        .send(
          new GetObjectCommand({
            Bucket: bucket,
            Key: key,
            IfMatch: etag,
            ChecksumMode: 'ENABLED',
          }),
          this.#limit(object.size),
        )
        .catch((thrown: unknown) => {
          throw isChange(thrown) ? changed(object, tried) : thrown;
        });
      const content = await readBody(object, response, memory, tried);
      verify(object, response, content, tried);
      return content;
    });
  }

  /**
   * Reads the first byte of an object, to find out whether objects can be read at all. An archived
   * one counts as read: S3 answers InvalidObjectState only to a key that may read the object.
   *
   * @throws {S3Error} S3's refusal
   */
  async readFirstByte({ key }: PromptObject, options: CallOptions = {}): Promise<void> {
    const { bucket } = this.#s3;
    const tried = `Reading ${key} from bucket ${bucket}`;
    try {
      await this.#try(tried, 's3:GetObject', options, async () => {
        const input = { Bucket: bucket, Key: key, Range: 'bytes=0-0' };
        const { Body } = await this.#client.send(new GetObjectCommand(input), this.#limit());
        if (Body instanceof Readable) Body.destroy();
      });
    } catch (thrown) {
      if (!(thrown instanceof ArchivedObjectError)) throw thrown;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** Ends one try, body included: the SDK's own request timeout only warns. */
  #limit(bytes = 0): { abortSignal: AbortSignal } {
    const { timeoutMs = S3_TIMEOUT_MS, minBytesPerSecond = Number.POSITIVE_INFINITY } =
      this.#options;
    const transferMs = Math.ceil((bytes / minBytesPerSecond) * 1000);
    return { abortSignal: AbortSignal.timeout(timeoutMs + transferMs) };
  }

  async #try<T>(
    tried: string,
    permission: string,
    { deadline = this.#options.deadline ?? Number.POSITIVE_INFINITY }: CallOptions,
    run: () => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#options;
    try {
      return await withRetry(
        { clock, deadline, attempts: S3_ATTEMPTS },
        (thrown) => judge(thrown, clock.now()),
        run,
      );
    } catch (thrown) {
      throw s3Error(tried, permission, thrown);
    }
  }
}

function objectsOf({ Contents = [] }: ListObjectsV2CommandOutput, tried: string): PromptObject[] {
  return Contents.filter(({ Key }) => !Key?.endsWith('/')).map(
    ({ Key, ETag, Size, LastModified, StorageClass }) => {
      if (Key === undefined || ETag === undefined || Size === undefined || !LastModified) {
        throw new S3Error(`${tried}: S3 left out a key, ETag, size or date.`);
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

/** Reads into memory of the right size at once: the SDK's own way takes it twice. */
async function readBody(
  object: PromptObject,
  { Body, ETag }: GetObjectCommandOutput,
  content: Buffer,
  tried: string,
): Promise<Buffer> {
  // Not every server honours If-Match.
  if (ETag !== undefined && ETag !== object.etag) {
    if (Body instanceof Readable) Body.destroy();
    throw changed(object, tried);
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
    throw new DamagedBodyError(`${tried}: ${length} bytes came instead of ${content.length}.`);
  }
  return content;
}

/** Not every proxy in between keeps bodies whole. */
function verify(
  { etag }: PromptObject,
  response: GetObjectCommandOutput,
  content: Buffer,
  tried: string,
): void {
  const md5 = md5Of(etag, response);
  if (md5 !== undefined && createHash('md5').update(content).digest('hex') !== md5) {
    throw new DamagedBodyError(`${tried}: the bytes that came do not match their MD5.`);
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

/** Whether the object, as it was listed, is not there. */
function isChange(thrown: unknown): boolean {
  if (!(thrown instanceof S3ServiceException)) return false;
  return thrown.$metadata.httpStatusCode === 412 || thrown.name === 'NoSuchKey';
}

function changed(object: PromptObject, tried: string): ChangedObjectError {
  return new ChangedObjectError(`${tried}: it was replaced or deleted meanwhile.`, object);
}

function judge(thrown: unknown, now: Date): Verdict {
  if (thrown instanceof DamagedBodyError) return { retry: true };
  if (thrown instanceof S3Error || thrown instanceof CredentialsError) return { retry: false };
  if (!(thrown instanceof S3ServiceException)) return { retry: true };
  if (!isPassingStatus(thrown.$metadata.httpStatusCode ?? 0)) return { retry: false };
  const header: unknown = thrown.$response?.headers['retry-after'];
  return { retry: true, after: typeof header === 'string' ? retryAfter(header, now) : undefined };
}

/** S3's own message may repeat the signature or the key id, so that only its code is told. */
function s3Error(tried: string, permission: string, thrown: unknown): PlayError {
  if (thrown instanceof S3Error || thrown instanceof OutOfTimeError) return thrown;
  if (!(thrown instanceof S3ServiceException)) {
    const message = `${tried}: S3 could not be reached: ${messageOf(thrown)}.`;
    return new S3Error(message, { cause: thrown });
  }
  const status = thrown.$metadata.httpStatusCode;
  if (thrown.name === 'InvalidObjectState') {
    return new ArchivedObjectError(`${tried}: it is archived and must be restored first.`);
  }
  const advice =
    status === 401 || status === 403
      ? `Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and that the key may ${permission}.`
      : adviceOn(thrown.name, thrown.$response?.headers['x-amz-bucket-region']);
  return new S3Error(`${tried}: S3 answered ${status} ${thrown.name}. ${advice}`.trim());
}
