import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as sendHttp,
} from 'node:http';
import type https from 'node:https';
import { messageOf } from '../errors';
import { S3_ERROR_BYTES } from '../limits';
import type { ObjectAddress } from './address';
import { ObjectTooLargeError, S3Error, S3TimeoutError } from './errors';

/** What came back for an object, with the whole body: its bytes or an error of S3's. */
export interface ObjectResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** By the scheme of the URL. */
interface Agents {
  readonly 'http:': Agent;
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
  return {
    keepAlive: createAgents({ ...options, keepAlive: true }),
    single: createAgents({ ...options, keepAlive: false }),
    refusesChecksumMode: new Set(),
  };
}

/** Each is created at its first use: TLS takes 3 ms to load, and a server in plain HTTP needs none. */
function createAgents(options: https.AgentOptions): Agents {
  let plain: Agent | undefined;
  let tls: https.Agent | undefined;
  return {
    get 'http:'() {
      plain ??= new Agent(options);
      return plain;
    },
    get 'https:'() {
      tls ??= new (loadHttps().Agent)(options);
      return tls;
    },
  };
}

function loadHttps(): typeof https {
  return process.getBuiltinModule('node:https');
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
  readonly onHeaders?: (headers: IncomingHttpHeaders) => void;
}

/** S3 had closed an idle connection at the moment of its reuse: it never saw the request. */
export class StaleConnectionError extends S3Error {}

/**
 * Sends one GET, exactly as `signHeaders` (src/sigv4/sign.ts) has signed it, and reads the response.
 * Uses node:http, because it sends the path as it was signed (fetch would normalise it) and loads
 * faster than fetch; by its events, because an AbortSignal and an iterator over the body take a fifth
 * of the CPU of a request for 10 kB.
 *
 * @throws {S3TimeoutError}
 * @throws {ObjectTooLargeError} before the body is read, where its length is announced
 * @throws {S3Error} when the connection fails or the body is shorter than announced
 */
export function sendGet(
  address: Pick<ObjectAddress, 'origin' | 'path'>,
  headers: Readonly<Record<string, string>>,
  options: RequestOptions,
): Promise<ObjectResponse> {
  const { timeoutMs, headersTimeoutMs, idleTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    const request = requestTo(address, headers, options.agents);
    const timers: NodeJS.Timeout[] = [];
    // Nothing that happens after the end matters: a promise is settled once.
    const end = () => {
      for (const timer of timers) clearTimeout(timer);
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
      request.destroy();
    };
    const failAfter = (ms: number, message: string): NodeJS.Timeout => {
      const timer = setTimeout(() => fail(new S3TimeoutError(message)), ms);
      timers.push(timer);
      return timer;
    };
    failAfter(timeoutMs, `it did not answer to the end in ${timeoutMs} ms`);
    const idle = failAfter(idleTimeoutMs, `nothing came for ${idleTimeoutMs} ms`);
    const awaitHeaders =
      headersTimeoutMs < timeoutMs
        ? failAfter(headersTimeoutMs, `it did not begin to answer in ${headersTimeoutMs} ms`)
        : undefined;

    let hasResponse = false;
    request.on('error', (cause) => {
      // Later errors are the response's, too, and a retry would meet no stale connection.
      if (!hasResponse) fail(connectionError(request, cause));
    });
    request.on('response', (response) => {
      hasResponse = true;
      clearTimeout(awaitHeaders);
      idle.refresh();
      options.onHeaders?.(response.headers);
      readBody(response, options.maxBytes, () => idle.refresh()).then((body) => {
        end();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      }, fail);
    });
    request.end();
  });
}

function requestTo(
  { origin, path }: Pick<ObjectAddress, 'origin' | 'path'>,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
): ClientRequest {
  const { isTls, host, port } = serverAt(origin);
  return isTls
    ? loadHttps().request({ host, port, path, headers, agent: agents['https:'] })
    : sendHttp({ host, port, path, headers, agent: agents['http:'] });
}

interface Server {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: string;
}

/** The latest origin's: a process asks one, and reading its URL takes 15 of a request's 700 µs. */
let latest: { readonly origin: string; readonly server: Server } | undefined;

function serverAt(origin: string): Server {
  if (latest?.origin !== origin) {
    const { protocol, hostname, port } = new URL(origin);
    const host = hostname.replace(/^\[|\]$/g, '');
    latest = { origin, server: { isTls: protocol === 'https:', host, port } };
  }
  return latest.server;
}

/** @param onBytes called for each piece of the body */
function readBody(
  response: IncomingMessage,
  maxBytes: number,
  onBytes: () => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const isObject = response.statusCode === 200 || response.statusCode === 206;
    const announced = announcedLength(response, isObject);
    if (isObject && announced !== undefined && announced > maxBytes) {
      throw new ObjectTooLargeError(announced, maxBytes);
    }
    const chunks: Buffer[] = [];
    let length = 0;
    const end = () => resolve(joined(chunks, length));
    response.on('data', (chunk: Buffer) => {
      onBytes();
      chunks.push(chunk);
      length += chunk.length;
      if (!isObject && length > S3_ERROR_BYTES) {
        end();
        response.destroy();
      } else if (isObject && length > maxBytes) {
        reject(new ObjectTooLargeError(undefined, maxBytes));
      }
    });
    response.on('end', end);
    response.on('error', (cause) => {
      const expected = announced ?? 'an unknown number of';
      reject(new S3Error(`the body ended after ${length} of ${expected} bytes`, { cause }));
    });
  });
}

/** A single chunk is not copied: 10 kB come as one. */
function joined(chunks: readonly Buffer[], length: number): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length);
}

function connectionError(request: ClientRequest, cause: NodeJS.ErrnoException): S3Error {
  const isClosed = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
  const ErrorClass = isClosed && request.reusedSocket ? StaleConnectionError : S3Error;
  return new ErrorClass(messageOf(cause), { cause });
}

/**
 * @returns undefined where the length is not announced
 * @throws {S3Error} for an object when neither a length nor chunks would tell a whole body from one
 *   that was cut off
 */
function announcedLength({ headers }: IncomingMessage, isObject: boolean): number | undefined {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  if (headers['transfer-encoding'] === undefined && isObject) {
    throw new S3Error('the body came without a length');
  }
  return undefined;
}

/** AWS support asks for this id. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  return headers['x-amz-request-id']?.toString();
}
