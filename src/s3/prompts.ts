import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { type Clock, systemClock } from '../clock';
import type { S3Config } from '../config';
import { CredentialsError, type CredentialsProvider } from '../credentials/credentials';
import { deployedCredentialsOf } from '../credentials/with-private-function';
import { S3_ATTEMPTS, S3_PAGE_BYTES, S3_PAGE_KEYS, S3_TIMEOUT_MS } from '../limits';
import { log } from '../log';
import { withRetry } from '../retry';
import { percentEncode } from '../sigv4/encode';
import { signHeaders } from '../sigv4/sign';
import { bucketAddress, type ObjectAddress } from './address';
import { entityTagOf, opaqueTagOf } from './entity-tag';
import {
  codeIn,
  foreignAnswer,
  isAboutObject,
  ObjectTooLargeError,
  type Permission,
  refusalError,
  refusesHeader,
  retryVerdict,
  S3Error,
} from './errors';
import { type ListingPage, peekToken, readListing, timeOf } from './listing';
import { createConnections, type ObjectResponse, type RequestOptions, sendGet } from './request';
import { checksumOf, md5Of } from './verify';

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
  /** Default: as a deployed Function gets them. */
  readonly credentialsOf?: CredentialsProvider | undefined;
}

/** One request for the bucket or for an object of it. */
interface BucketRequest extends Pick<RequestOptions, 'maxBytes' | 'onHeaders'> {
  /** After the bucket's own address. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the object: a large one may take longer. */
  readonly bytes?: number;
}

/** The prompts of one bucket, under one prefix, as the sync reads them. */
export class PromptBucket {
  readonly #s3: S3Config;
  readonly #options: PromptBucketOptions;
  readonly #address: ObjectAddress;
  readonly #agents: RequestOptions['agents'];
  readonly #credentialsOf: CredentialsProvider;

  /** Whether the server takes the header with which S3 sends checksums. */
  #hasChecksums = true;

  constructor(s3: S3Config, options: PromptBucketOptions) {
    this.#s3 = s3;
    this.#options = options;
    this.#address = bucketAddress(s3);
    const { httpsAgent, credentialsOf = deployedCredentialsOf } = options;
    const { keepAlive } = createConnections();
    this.#agents = httpsAgent ? { ...keepAlive, 'https:': httpsAgent } : keepAlive;
    this.#credentialsOf = credentialsOf;
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
    const readPage = this.#pageReader(action);
    for (let token: string | undefined; ; ) {
      const page = await readPage(token);
      for (const object of objectsOf(page, prefix, action)) {
        // Otherwise a server that gives one page again and again, with another token, has no end.
        if (objects.has(object.key)) throw new S3Error(`${action}: S3 listed ${object.key} twice.`);
        objects.set(object.key, object);
      }
      if (page.next === undefined) break;
      token = page.next.token;
      if (token === undefined || tokens.has(token)) {
        throw new S3Error(`${action}: S3 broke the listing off after ${objects.size} objects.`);
      }
      tokens.add(token);
    }
    const listing = [...objects.values()];
    const undated = listing.find(({ lastModified }) => lastModified.getTime() === 0);
    if (undated) {
      const message = `${action}: S3 gives no date that can be read, for ${undated.key} and maybe others. They count as old: a sync does not wait until uploads are over.`;
      log('warn', 'objects-without-date', { message });
    }
    return listing;
  }

  /**
   * Reads page after page. The next one is asked for as soon as its token has come, and S3 makes it
   * while this one is parsed: 100,000 objects of a server that needs 20 ms a page take 2.4 s, not 4.1.
   */
  #pageReader(action: string): (token: string | undefined) => Promise<ListingPage> {
    let early: { readonly token: string; readonly response: Promise<ObjectResponse> } | undefined;
    const now = () => this.#options.clock.now();
    return (token) =>
      this.#withRetry(action, async () => {
        const asked = early?.token === token ? early?.response : undefined;
        early = undefined;
        const response = await (asked ?? this.#sendList(token));
        if (!isSuccess(response)) throw refusalOf(response, 's3:ListBucket', now());
        const next = peekToken(response);
        if (next !== undefined) {
          early = { token: next, response: this.#sendList(next) };
          // The reader of that page gets the error, if there is one.
          early.response.catch(() => {});
          // Lets the request leave before the parser takes the process.
          await setImmediate();
        }
        return readListing(response, now());
      });
  }

  async #sendList(token: string | undefined): Promise<ObjectResponse> {
    const parameters = {
      ...(token !== undefined && { 'continuation-token': token }),
      'list-type': '2',
      'max-keys': String(S3_PAGE_KEYS),
      prefix: this.#s3.prefix,
    };
    const query = Object.entries(parameters).map(
      ([name, value]) => `${name}=${percentEncode(value)}`,
    );
    // With a slash after the bucket's name, without which a web server that leads to the bucket by its
    // folder would redirect.
    const request = { path: '/', query: query.join('&'), maxBytes: S3_PAGE_BYTES };
    return this.#send(request).catch((thrown: unknown) => {
      if (!(thrown instanceof ObjectTooLargeError)) throw thrown;
      throw foreignAnswer(200, `with more than ${S3_PAGE_BYTES} bytes`);
    });
  }

  /**
   * The bytes of an object, verified: its ETag, its length, its MD5 where the ETag is one, and the
   * checksum that S3 sends.
   *
   * @throws {ChangedObjectError} when it is not what was listed any more
   * @throws {ArchivedObjectError} when it must be restored first
   * @throws {UnreadableObjectError} when it cannot be read, and the others may be
   * @throws {S3Error} when no object can be read: S3 is out of reach, or refuses the credentials
   */
  fetch(object: PromptObject): Promise<Buffer> {
    const { key, size } = object;
    const action = this.#reading(key);
    return this.#withRetry(action, async () => {
      let came: IncomingHttpHeaders = {};
      const onHeaders = (headers: IncomingHttpHeaders) => {
        came = headers;
      };
      const request = { path: pathOf(key), bytes: size, maxBytes: size, onHeaders };
      const response = await this.#get(request).catch((thrown: unknown) => {
        if (!(thrown instanceof ObjectTooLargeError)) throw thrown;
        throw isListed(object, came)
          ? unusable(`${thrown.message} instead of ${size}.`)
          : changed('permanent');
      });
      if (!isSuccess(response)) {
        const refusal = refusalOfObject(response, this.#options.clock.now());
        throw refusal.code === 'NoSuchKey' ? changed('not found') : refusal;
      }
      if (!isListed(object, response.headers)) throw changed('permanent');
      await verify(object, response);
      return response.body;
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
    const action = this.#reading(key);
    try {
      await this.#withRetry(action, async () => {
        let came: IncomingHttpHeaders = {};
        const onHeaders = (headers: IncomingHttpHeaders) => {
          came = headers;
        };
        const headers = { range: 'bytes=0-0' };
        const request = { path: pathOf(key), headers, maxBytes: 1, onHeaders };
        const response = await this.#send(request).catch((thrown: unknown) => {
          // The server gives the whole object, whatever the range.
          if (thrown instanceof ObjectTooLargeError) return undefined;
          throw thrown;
        });
        if (response && !isSuccess(response))
          throw refusalOfObject(response, this.#options.clock.now());
        if (came.etag === undefined && came['content-range'] === undefined) {
          throw foreignAnswer(response?.status ?? 200, 'without an ETag');
        }
      });
    } catch (thrown) {
      if (!(thrown instanceof ArchivedObjectError)) throw thrown;
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #reading(key: string): string {
    return `Reading ${key} from bucket ${this.#s3.bucket}`;
  }

  /** Asks for the checksum, too, unless the server refuses a request that does. */
  async #get(request: BucketRequest): Promise<ObjectResponse> {
    if (!this.#hasChecksums) return this.#send(request);
    const response = await this.#send({
      ...request,
      headers: { 'x-amz-checksum-mode': 'ENABLED' },
    });
    if (isSuccess(response) || !refusesHeader(response.status, codeIn(response.body))) {
      return response;
    }
    const plain = await this.#send(request);
    if (isSuccess(plain)) this.#hasChecksums = false;
    return plain;
  }

  /**
   * Sends a signed GET once, and reads the whole response, whatever its status.
   *
   * @throws {ObjectTooLargeError} when an object is larger than the request allows
   * @throws {S3Error} when no whole response comes, or there are no credentials
   */
  async #send({
    path,
    query = '',
    headers = {},
    bytes = 0,
    maxBytes,
    onHeaders,
  }: BucketRequest): Promise<ObjectResponse> {
    const { timeoutMs = S3_TIMEOUT_MS, minBytesPerSecond = Number.POSITIVE_INFINITY } =
      this.#options;
    const { region, credentials: source } = this.#s3;
    const credentials = await this.#credentialsOf(source);
    const { origin, host, path: bucketPath } = this.#address;
    const request = { method: 'GET', host, path: bucketPath + path, query, headers };
    // The time of day, which S3 compares with its own, and not the clock of the run.
    const signed = signHeaders(request, { credentials, region, now: systemClock.now() });
    const target = { origin, path: query === '' ? request.path : `${request.path}?${query}` };
    let hasBegun = false;
    try {
      return await sendGet(target, signed, {
        agents: this.#agents,
        timeoutMs: timeoutMs + Math.ceil((bytes / minBytesPerSecond) * 1000),
        headersTimeoutMs: timeoutMs,
        idleTimeoutMs: timeoutMs,
        maxBytes,
        onHeaders: (came) => {
          hasBegun = true;
          onHeaders?.(came);
        },
      });
    } catch (thrown) {
      if (thrown instanceof ObjectTooLargeError || !(thrown instanceof S3Error)) throw thrown;
      const what = hasBegun ? "S3's answer broke off" : 'S3 could not be reached';
      throw new S3Error(`${what}: ${thrown.message}.`, { cause: thrown });
    }
  }

  /** @param action named by what is thrown */
  async #withRetry<T>(action: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, deadline } = this.#options;
    return withRetry({ clock, deadline, attempts: S3_ATTEMPTS }, retryVerdict, () =>
      attempt().catch((thrown: unknown) => {
        throw namedError(action, thrown);
      }),
    );
  }
}

/** The path of a key after the bucket's. S3 takes dot segments, which no URL of a call may hold. */
function pathOf(key: string): string {
  return `/${key.split('/').map(percentEncode).join('/')}`;
}

function isSuccess({ status }: ObjectResponse): boolean {
  return status >= 200 && status < 300;
}

/** @throws {S3Error} when a page is not the whole answer to the question */
function objectsOf(page: ListingPage, prefix: string, action: string): PromptObject[] {
  const { contents, prefixes, keyCount } = page;
  if (keyCount > contents.length + prefixes) {
    throw new S3Error(`${action}: S3 announced ${keyCount} keys and listed ${contents.length}.`);
  }
  const objects: PromptObject[] = [];
  for (const fields of contents) {
    const key = fields.get('Key');
    if (key?.endsWith('/')) continue;
    const etag = strongTagOf(fields.get('ETag'));
    const size = Number(fields.get('Size') || undefined);
    if (key === undefined || etag === undefined || Number.isNaN(size)) {
      throw new S3Error(`${action}: S3 left out a key, ETag or size.`);
    }
    if (!key.startsWith(prefix)) {
      throw new S3Error(`${action}: S3 listed ${key}, which is not under the prefix ${prefix}.`);
    }
    const time = timeOf(fields.get('LastModified')?.trim() ?? '');
    objects.push({
      key,
      etag,
      size,
      lastModified: new Date(Number.isNaN(time) ? 0 : time),
      storageClass: fields.get('StorageClass') || 'STANDARD',
    });
  }
  return objects;
}

/** Whether headers are of the object that was listed. An answer without an ETag may be. */
function isListed({ etag }: PromptObject, headers: IncomingHttpHeaders): boolean {
  const tag = strongTagOf(headers.etag);
  return tag === undefined || tag === etag;
}

/** Loaded with the first such checksum: for the command line, which does not bundle it, it takes 50 ms. */
const loadCrcs = async () => (await import('./crc')).crcs;

/**
 * Some proxies change bodies. An ETag may look like an MD5 and be none, which a matching checksum of
 * S3 shows; without one nothing tells it from damage on the server.
 */
async function verify(
  { etag, size }: PromptObject,
  { headers, body }: ObjectResponse,
): Promise<void> {
  if (body.length !== size) throw unusable(`${body.length} bytes came instead of ${size}.`);
  const checksum = checksumOf(headers, loadCrcs);
  if (checksum && (await checksum.digest(body)) !== checksum.expected) {
    throw unusable("the bytes that came do not match S3's checksum.");
  }
  const md5 = md5Of(etag, headers);
  if (md5 !== undefined && hash('md5', body) === md5) return;
  if (headers.etag === undefined) {
    throw unusable(
      'the answer has no ETag, so nothing shows that it is the object that was listed.',
    );
  }
  // A weak one promises no bytes.
  const isWeak = headers.etag.startsWith('W/');
  if (md5 !== undefined && !isWeak && checksum === undefined) {
    throw unusable(
      'the bytes that came do not match their MD5, which the ETag is. If this stays so, upload it again.',
    );
  }
}

function unusable(message: string): UnreadableObjectError {
  return new UnreadableObjectError(message, { kind: 'unusable' });
}

/** @param kind "not found" when it is not there any more */
function changed(kind: 'not found' | 'permanent'): ChangedObjectError {
  return new ChangedObjectError('it was replaced or deleted meanwhile.', { kind });
}

/** Tells only the code of S3's error: its message may repeat the signature or the key id. */
function refusalOf({ status, headers, body }: ObjectResponse, permission: Permission, now: Date) {
  return refusalError({ status, headers, code: codeIn(body) }, permission, now);
}

function refusalOfObject(response: ObjectResponse, now: Date): S3Error {
  const { status, headers } = response;
  const error = refusalOf(response, 's3:GetObject', now);
  const { code } = error;
  if (code === 'InvalidObjectState') {
    const message = 'it is archived and must be restored first.';
    return new ArchivedObjectError(message, { status, code });
  }
  if (code === undefined || !isAboutObject({ status, code, headers })) return error;
  return new UnreadableObjectError(error.message, error);
}

/** The same error, saying what was tried. */
function namedError(action: string, thrown: unknown): unknown {
  if (thrown instanceof CredentialsError) {
    const message = `${action}: there are no credentials to sign with. ${thrown.message}`;
    return new S3Error(message, { kind: 'permanent', cause: thrown });
  }
  if (!(thrown instanceof S3Error)) return thrown;
  const classes = [ChangedObjectError, ArchivedObjectError, UnreadableObjectError];
  const ErrorClass = classes.find((each) => thrown instanceof each) ?? S3Error;
  return new ErrorClass(`${action}: ${thrown.message}`, thrown);
}

/** @returns undefined for an ETag that is not there, or has no content */
function strongTagOf(etag: string | undefined): string | undefined {
  const tag = entityTagOf(etag?.trim());
  return tag === undefined || /^(W\/)?""$/.test(tag) ? undefined : opaqueTagOf(tag);
}
