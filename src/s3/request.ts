import http from 'node:http';
import https from 'node:https';
import { S3_ERROR_BYTES } from '../limits';
import type { ObjectAddress } from './address';
import { ObjectTooLargeError, S3Error, S3TimeoutError } from './errors';

/** What came back for an object, with the whole body: its bytes or an error of S3's. */
export interface ObjectResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** By the scheme of the URL. */
interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

export interface Connections {
  /** Kept for the next request: a new TLS connection costs two round trips. */
  readonly keepAlive: Agents;
  /** Each for one request. */
  readonly single: Agents;
  /** Origins that refuse requests with the header x-amz-checksum-mode. */
  readonly refusesChecksumMode: Set<string>;
}

/** @param options of sockets and of TLS, such as `lookup` and `ca` */
export function createConnections(options: https.AgentOptions = {}): Connections {
  const agents = (keepAlive: boolean) => ({
    'http:': new http.Agent({ ...options, keepAlive }),
    'https:': new https.Agent({ ...options, keepAlive }),
  });
  return { keepAlive: agents(true), single: agents(false), refusesChecksumMode: new Set() };
}

export interface RequestOptions {
  readonly agents: Agents;
  /** For the whole exchange, body included. */
  readonly timeoutMs: number;
  /** Until all headers have come. */
  readonly headersTimeoutMs: number;
  /** The longest pause: before the headers have come, and within the body. */
  readonly idleTimeoutMs: number;
  /** The most bytes of an object that are read. */
  readonly maxBytes: number;
  /** Called when the headers have come, before the body is read. */
  readonly onHeaders?: (headers: http.IncomingHttpHeaders) => void;
}

/** S3 had closed an idle connection at the moment of its reuse: it never saw the request. */
export class StaleConnectionError extends S3Error {}

/**
 * Sends one GET, exactly as `signHeaders` (src/sigv4/sign.ts) has signed it, and reads the response.
 * Uses node:http, because it sends the path as it was signed (fetch would normalise it) and loads
 * faster than fetch.
 *
 * @throws {S3TimeoutError}
 * @throws {ObjectTooLargeError} before the body is read, where its length is announced
 * @throws {S3Error} when the connection fails or the body is shorter than announced
 */
export async function sendGet(
  { origin, path }: Pick<ObjectAddress, 'origin' | 'path'>,
  headers: Readonly<Record<string, string>>,
  options: RequestOptions,
): Promise<ObjectResponse> {
  const timeouts = new Timeouts(options);
  try {
    const { protocol, hostname, port } = new URL(origin);
    const target = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      path,
      headers: { ...headers },
      signal: timeouts.signal,
    };
    const request =
      protocol === 'https:'
        ? https.request({ ...target, agent: options.agents['https:'] })
        : http.request({ ...target, agent: options.agents['http:'] });
    const response = await headersOf(request);
    timeouts.headersCame();
    options.onHeaders?.(response.headers);
    const body = await readBody(response, options.maxBytes, timeouts);
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  } catch (thrown) {
    throw timeouts.signal.aborted ? timeouts.signal.reason : thrown;
  } finally {
    timeouts.clear();
  }
}

/** Aborts a request that takes too long, or in which nothing comes for too long. */
class Timeouts {
  readonly #controller = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #headers: NodeJS.Timeout;
  readonly #idle: NodeJS.Timeout;

  constructor({ timeoutMs, headersTimeoutMs, idleTimeoutMs }: RequestOptions) {
    const abortAfter = (ms: number, message: string) =>
      setTimeout(() => this.#controller.abort(new S3TimeoutError(message)), ms);
    this.#total = abortAfter(timeoutMs, `it did not answer to the end in ${timeoutMs} ms`);
    this.#idle = abortAfter(idleTimeoutMs, `nothing came for ${idleTimeoutMs} ms`);
    this.#headers = abortAfter(
      headersTimeoutMs,
      `it did not begin to answer in ${headersTimeoutMs} ms`,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  headersCame(): void {
    clearTimeout(this.#headers);
    this.bytesCame();
  }

  bytesCame(): void {
    this.#idle.refresh();
  }

  clear(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#headers);
    clearTimeout(this.#idle);
  }
}

function headersOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (cause: NodeJS.ErrnoException) => {
      const isClosed = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
      const ErrorClass = isClosed && request.reusedSocket ? StaleConnectionError : S3Error;
      reject(new ErrorClass(cause.message, { cause }));
    });
    request.end();
  });
}

async function readBody(
  response: http.IncomingMessage,
  maxBytes: number,
  timeouts: Timeouts,
): Promise<Buffer> {
  const isObject = response.statusCode === 200 || response.statusCode === 206;
  const announced = announcedLength(response, isObject);
  if (isObject && announced !== undefined && announced > maxBytes) {
    response.destroy();
    throw new ObjectTooLargeError(announced, maxBytes);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      timeouts.bytesCame();
      chunks.push(chunk);
      length += chunk.length;
      if (!isObject && length > S3_ERROR_BYTES) break;
      if (length > maxBytes) throw new ObjectTooLargeError(undefined, maxBytes);
    }
  } catch (cause) {
    if (cause instanceof ObjectTooLargeError) throw cause;
    const expected = announced ?? 'an unknown number of';
    throw new S3Error(`the body ended after ${length} of ${expected} bytes`, { cause });
  }
  return Buffer.concat(chunks);
}

/**
 * @returns undefined where the length is not announced
 * @throws {S3Error} for an object when neither a length nor chunks would tell a whole body from one
 *   that was cut off
 */
function announcedLength({ headers }: http.IncomingMessage, isObject: boolean): number | undefined {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  if (headers['transfer-encoding'] === undefined && isObject) {
    throw new S3Error('the body came without a length');
  }
  return undefined;
}

/** AWS support asks for this id. */
export function requestIdOf(headers: http.IncomingHttpHeaders): string | undefined {
  return headers['x-amz-request-id']?.toString();
}
