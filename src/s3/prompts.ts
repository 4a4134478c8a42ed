import { createHash } from 'node:crypto';
import type { Agent } from 'node:https';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
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
import { withRetry } from '../retry';
import { log } from '../runtime';
import { serverOrigin, usesPathStyle } from './address';
import { checkAnswers, ForeignAnswerError } from './answers';
import { entityTagOf, opaqueTagOf } from './entity-tag';
import {
  type ErrorAnswer,
  foreignAnswer,
  isAboutObject,
  type Permission,
  readCode,
  refusalError,
  refusesHeader,
  retryVerdict,
  S3Error,
} from './errors';
import { md5Of } from './verify';

/** An object as a listing describes it. */
export interface PromptObject {
  readonly key: string;
  /** Quoted and strong, whichever form S3 gives: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3 */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** 1970 where S3 gives no date that can be read. */
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
  /** Opens the connections to S3, as through a proxy. Default: directly. */
  readonly httpsAgent?: Agent | undefined;
}

/** The prompts of one bucket, under one prefix, as the sync reads them. */
export class PromptBucket {
  readonly #client: S3Client;
  readonly #s3: S3Config;
  readonly #options: PromptBucketOptions;

  /** Whether the server takes the header with which S3 sends checksums. */
  #hasChecksums = true;

  constructor(s3: S3Config, options: PromptBucketOptions) {
    this.#s3 = s3;
    this.#options = options;
    this.#client = new S3Client({
      region: s3.region,
      credentials: () => credentialsOf(s3.credentials),
      // The address that the proxy asks, whatever AWS_ variables and profiles this machine has.
      endpoint: serverOrigin(s3),
      forcePathStyle: usesPathStyle(s3),
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      responseChecksumValidation: 'WHEN_REQUIRED',
      // #withRetry() tries again, inside the deadline.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: options.timeoutMs ?? S3_TIMEOUT_MS,
        httpsAgent: options.httpsAgent,
      },
    });
    // The SDK refuses regions that are no host names, such as zg_public. The address is set already.
    this.#client.config.region = async () => s3.region;
    checkAnswers(this.#client);
  }

  /**
   * All objects under the prefix, without the "folders" that consoles make as empty objects.
   *
   * @throws {S3Error} when a page cannot be read, is no listing of the prefix, repeats a key, or is
   *   truncated without a fresh continuation token: an incomplete listing must not pass for a whole one
   */
  async list(): Promise<PromptObject[]> {
    const { bucket, prefix } = this.#s3;
    const action = `Listing bucket ${bucket}`;
    const objects = new Map<string, PromptObject>();
    const tokens = new Set<string>();
    for (let token: string | undefined; ; ) {
      const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
      const page = await this.#withRetry(action, 's3:ListBucket', () =>
        this.#client.send(new ListObjectsV2Command(input), this.#timeout()),
      );
      for (const object of objectsOf(page, prefix, action)) {
        // Otherwise a server that gives one page again and again, with another token, has no end.
        if (objects.has(object.key)) throw new S3Error(`${action}: S3 listed ${object.key} twice.`);
        objects.set(object.key, object);
      }
      if (!page.IsTruncated) break;
      token = page.NextContinuationToken;
      if (token === undefined || tokens.has(token)) {
        throw new S3Error(`${action}: S3 broke the listing off after ${objects.size} objects.`);
      }
      tokens.add(token);
    }
    const listing = [...objects.values()];
    const undated = listing.find(({ lastModified }) => lastModified.getTime() === 0);
    if (undated) {
      const message = `${action}: S3 gives no date that can be read, for ${undated.key} and maybe others. They count as old: a sync does not wait until uploads are over.`;
      log('warn', { event: 'objects without a date', message });
    }
    return listing;
  }

  /**
   * The bytes of an object, verified: its ETag, its length, its MD5 where the ETag is one, and the
   * checksum that S3 sends, which the SDK compares.
   *
   * @throws {ChangedObjectError} when it is not what was listed any more
   * @throws {ArchivedObjectError} when it must be restored first
   * @throws {UnreadableObjectError} when it cannot be read, and the others may be
   * @throws {S3Error} when no object can be read: S3 is out of reach, or refuses the credentials
   */
  fetch(object: PromptObject): Promise<Buffer> {
    const { bucket } = this.#s3;
    const { key, size } = object;
    const action = `Reading ${key} from bucket ${bucket}`;
    const content = Buffer.allocUnsafe(size);
    return this.#withRetry(action, 's3:GetObject', async () => {
      const response = await this.#get({ Bucket: bucket, Key: key }, size).catch((thrown) => {
        throw isDeletion(thrown) ? changed(action, 'not found') : thrown;
      });
      const etag = strongTagOf(response.ETag);
      if (etag !== undefined && etag !== object.etag) {
        discard(response);
        throw changed(action, 'permanent');
      }
      await readBody(response, content, action);
      verify(object, response, content, action);
      return content;
    });
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
        const response = await this.#client.send(new GetObjectCommand(input), this.#timeout());
        discard(response);
        const { ETag, ContentRange, $metadata } = response;
        if (ETag === undefined && ContentRange === undefined) {
          throw new ForeignAnswerError($metadata.httpStatusCode ?? 0, 'without an ETag');
        }
      });
    } catch (thrown) {
      if (!(thrown instanceof ArchivedObjectError)) throw thrown;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** Asks for the checksum, too, unless the server refuses a request that does. */
  async #get(input: GetObjectCommandInput, size: number): Promise<GetObjectCommandOutput> {
    const get = (checksum: { readonly ChecksumMode?: 'ENABLED' }) =>
      this.#client.send(new GetObjectCommand({ ...input, ...checksum }), this.#timeout(size));
    if (!this.#hasChecksums) return get({});
    try {
      return await get({ ChecksumMode: 'ENABLED' });
    } catch (thrown) {
      const answer = answerIn(thrown);
      if (!answer || !refusesHeader(answer.status, answer.code)) throw thrown;
      const response = await get({});
      this.#hasChecksums = false;
      return response;
    }
  }

  /** Ends one attempt, body included: the SDK's own request timeout only warns. */
  #timeout(bytes = 0): { abortSignal: AbortSignal } {
    const { timeoutMs = S3_TIMEOUT_MS, minBytesPerSecond = Number.POSITIVE_INFINITY } =
      this.#options;
    const transferMs = Math.ceil((bytes / minBytesPerSecond) * 1000);
    return { abortSignal: AbortSignal.timeout(timeoutMs + transferMs) };
  }

  async #withRetry<T>(
    action: string,
    permission: Permission,
    attempt: () => Promise<T>,
  ): Promise<T> {
    const { clock, deadline } = this.#options;
    return withRetry({ clock, deadline, attempts: S3_ATTEMPTS }, retryVerdict, () =>
      attempt().catch((thrown: unknown) => {
        throw s3Error(action, permission, thrown, clock.now());
      }),
    );
  }
}

/** @throws {S3Error} when a page is not the whole answer to the question */
function objectsOf(page: ListObjectsV2CommandOutput, prefix: string, action: string) {
  const { Contents = [], CommonPrefixes = [], KeyCount = 0 } = page;
  if (KeyCount > Contents.length + CommonPrefixes.length) {
    throw new S3Error(`${action}: S3 announced ${KeyCount} keys and listed ${Contents.length}.`);
  }
  return Contents.filter(({ Key }) => !Key?.endsWith('/')).map(
    ({ Key, ETag, Size, LastModified = new Date(0), StorageClass = 'STANDARD' }): PromptObject => {
      const etag = strongTagOf(ETag);
      if (Key === undefined || etag === undefined || Size === undefined || Number.isNaN(Size)) {
        throw new S3Error(`${action}: S3 left out a key, ETag or size.`);
      }
      if (!Key.startsWith(prefix)) {
        throw new S3Error(`${action}: S3 listed ${Key}, which is not under the prefix ${prefix}.`);
      }
      return { key: Key, etag, size: Size, lastModified: LastModified, storageClass: StorageClass };
    },
  );
}

function discard({ Body }: GetObjectCommandOutput): void {
  if (Body instanceof Readable) Body.destroy();
}

/** Reads into a buffer of the object's size at once: the SDK's own way needs the memory twice. */
async function readBody(
  { Body }: GetObjectCommandOutput,
  content: Buffer,
  action: string,
): Promise<void> {
  let length = 0;
  try {
    if (Body instanceof Readable) {
      for await (const chunk of Body) {
        const bytes: Buffer = chunk;
        bytes.copy(content, length);
        length += bytes.length;
      }
    }
  } catch (cause) {
    if (length < content.length) {
      const message = `${action}: S3's answer broke off after ${length} of ${content.length} bytes: ${messageOf(cause)}.`;
      throw new S3Error(message, { cause });
    }
    const message = `${action}: the bytes that came do not match S3's checksum.`;
    throw new UnreadableObjectError(message, { kind: 'unusable', cause });
  }
  if (length !== content.length) {
    const message = `${action}: ${length} bytes came instead of ${content.length}.`;
    throw new UnreadableObjectError(message, { kind: 'unusable' });
  }
}

/**
 * Some proxies change bodies. An ETag may look like an MD5 and be none, which a matching checksum of
 * S3 shows; without one nothing tells it from damage on the server.
 */
function verify(
  { etag }: PromptObject,
  response: GetObjectCommandOutput,
  content: Buffer,
  action: string,
): void {
  const md5 = md5Of(etag, {
    'x-amz-server-side-encryption': response.ServerSideEncryption,
    'x-amz-server-side-encryption-customer-algorithm': response.SSECustomerAlgorithm,
  });
  if (md5 !== undefined && createHash('md5').update(content).digest('hex') === md5) return;
  if (response.ETag === undefined) {
    const message = `${action}: the answer has no ETag, so nothing shows that it is the object that was listed.`;
    throw new UnreadableObjectError(message, { kind: 'unusable' });
  }
  // A weak one promises no bytes.
  const isWeak = response.ETag.startsWith('W/');
  if (md5 !== undefined && !isWeak && !isVerified(response)) {
    const message = `${action}: the bytes that came do not match their MD5, which the ETag is. If this stays so, upload it again.`;
    throw new UnreadableObjectError(message, { kind: 'unusable' });
  }
}

/** Whether the SDK has compared a checksum of the whole object: those of parts end with their number. */
function isVerified(response: GetObjectCommandOutput): boolean {
  const { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } =
    response;
  return [ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256].some(
    (checksum) => checksum !== undefined && !/-\d+$/.test(checksum),
  );
}

/** Whether the object is not there any more. */
function isDeletion(thrown: unknown): boolean {
  return thrown instanceof S3ServiceException && thrown.name === 'NoSuchKey';
}

/** @param kind "not found" when it is not there any more */
function changed(action: string, kind: 'not found' | 'permanent'): ChangedObjectError {
  const message = `${action}: it was replaced or deleted meanwhile.`;
  return new ChangedObjectError(message, { kind });
}

/** Tells only the code of S3's error: its message may repeat the signature or the key id. */
function s3Error(action: string, permission: Permission, thrown: unknown, now: Date): S3Error {
  if (thrown instanceof S3Error) return thrown;
  if (thrown instanceof CredentialsError) {
    const message = `${action}: there are no credentials to sign with. ${thrown.message}`;
    return new S3Error(message, { kind: 'permanent', cause: thrown });
  }
  const answer = answerIn(thrown);
  if (answer === undefined) {
    const message = `${action}: S3 could not be reached: ${messageOf(thrown)}.`;
    return new S3Error(message, { kind: 'unavailable', cause: thrown });
  }
  const { status, code, how } = answer;
  if (code === 'InvalidObjectState') {
    const message = `${action}: it is archived and must be restored first.`;
    return new ArchivedObjectError(message, { status, code });
  }
  const isObject = permission === 's3:GetObject' && code !== undefined && isAboutObject(answer);
  const ErrorClass = isObject ? UnreadableObjectError : S3Error;
  const error =
    how === undefined ? refusalError(answer, permission, now) : foreignAnswer(status, how);
  return new ErrorClass(`${action}: ${error.message}`, error);
}

/** The answer behind what was thrown; undefined where none came. */
function answerIn(thrown: unknown): (ErrorAnswer & { readonly how?: string }) | undefined {
  if (thrown instanceof ForeignAnswerError) {
    return { status: thrown.status, code: undefined, headers: {}, how: thrown.how };
  }
  if (thrown instanceof S3ServiceException) {
    const { name, $metadata, $response } = thrown;
    return {
      status: $metadata.httpStatusCode ?? 0,
      // The SDK's word for an answer without a code.
      code: name === 'Unknown' ? undefined : readCode(name),
      headers: $response?.headers ?? {},
    };
  }
  // A body that the SDK could not read, such as a gateway's page of HTML.
  if (!(thrown instanceof Error) || !('$response' in thrown)) return undefined;
  const { $response: response } = thrown;
  if (typeof response !== 'object' || response === null) return undefined;
  if (!('statusCode' in response) || typeof response.statusCode !== 'number') return undefined;
  const { statusCode: status } = response;
  const how = status < 300 ? { how: 'in a form that cannot be read' } : {};
  return { status, code: undefined, headers: {}, ...how };
}

/** @returns undefined for an ETag that is not there, or has no content */
function strongTagOf(etag: string | undefined): string | undefined {
  const tag = entityTagOf(etag?.trim());
  return tag === undefined || /^(W\/)?""$/.test(tag) ? undefined : opaqueTagOf(tag);
}
