import http from 'node:http';
import https from 'node:https';
import { PlayError } from '../errors';
import type { ObjectAddress } from './address';

/** S3 did not answer, or not to the end, in the time that it had. */
export class SlowAnswerError extends PlayError {}

/** The connection failed before the whole answer had come. */
export class BrokenAnswerError extends PlayError {
  /** Whether it was an idle connection that had been closed when it was to be used again. */
  readonly stale: boolean;

  constructor(message: string, { stale = false, ...options }: ErrorOptions & { stale?: boolean }) {
    super(message, options);
    this.stale = stale;
  }
}

/** The object is larger than what can be passed on; its body was not read. */
export class LargeObjectError extends PlayError {
  constructor(
    /** As announced; undefined where S3 did not say. */
    readonly bytes: number | undefined,
    limit: number,
  ) {
    super(`it has ${bytes ?? `more than ${limit}`} bytes`);
  }
}

/** An answer with its whole body. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Connections, by the scheme of the URL. */
export interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

export interface Connections {
  /** Kept for the next request: a new TLS connection costs two round trips. */
  readonly kept: Agents;
  /** Each for one request. */
  readonly fresh: Agents;
}

/** @param options of sockets and of TLS, such as `lookup` and `ca` */
export function createConnections(options: https.AgentOptions = {}): Connections {
  const agents = (keepAlive: boolean) => ({
    'http:': new http.Agent({ ...options, keepAlive }),
    'https:': new https.Agent({ ...options, keepAlive }),
  });
  return { kept: agents(true), fresh: agents(false) };
}

export interface ExchangeOptions {
  readonly agents: Agents;
  /** Milliseconds for all headers, and for every pause in the body. */
  readonly patience: number;
  /** Milliseconds for everything. */
  readonly timeout: number;
  /** Milliseconds for all headers, where that is less. */
  readonly headTimeout: number;
  /** The most bytes of an object that are read. */
  readonly limit: number;
  /** Called with the headers of an answer before its body is read, and whatever becomes of that. */
  readonly onHead?: (headers: http.IncomingHttpHeaders) => void;
}

/** What is read of an answer that brings no object: S3's errors are far shorter. */
const ERROR_BYTES = 64_000;

/**
 * Sends one GET, exactly as it is given, and reads the answer. node:http is used because it sends
 * the path as it was signed (fetch would normalise it) and loads faster than fetch.
 *
 * @throws {SlowAnswerError}
 * @throws {BrokenAnswerError} also for a body that is shorter than announced
 * @throws {LargeObjectError} before the body is read, where its length is announced
 */
export async function exchange(
  { origin, path }: Pick<ObjectAddress, 'origin' | 'path'>,
  headers: Readonly<Record<string, string>>,
  options: ExchangeOptions,
): Promise<HttpAnswer> {
  const watch = new Watch(options);
  try {
    const { protocol, hostname, port } = new URL(origin);
    const target = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      path,
      headers: { ...headers },
      signal: watch.signal,
    };
    const request =
      protocol === 'https:'
        ? https.request({ ...target, agent: options.agents['https:'] })
        : http.request({ ...target, agent: options.agents['http:'] });
    const answer = await headOf(request);
    watch.head();
    options.onHead?.(answer.headers);
    const body = await bodyOf(answer, options.limit, watch);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body };
  } catch (thrown) {
    throw watch.signal.aborted ? watch.signal.reason : thrown;
  } finally {
    watch.end();
  }
}

/** Gives up on an exchange that takes too long, or in which nothing comes for too long. */
class Watch {
  readonly #controller = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #pause: NodeJS.Timeout;
  readonly #head: NodeJS.Timeout;

  constructor({
    patience,
    timeout,
    headTimeout,
  }: Pick<ExchangeOptions, 'patience' | 'timeout' | 'headTimeout'>) {
    const limit = (milliseconds: number, message: string) =>
      setTimeout(() => this.#controller.abort(new SlowAnswerError(message)), milliseconds);
    this.#total = limit(timeout, `it did not answer to the end in ${timeout} ms`);
    this.#pause = limit(patience, `nothing came for ${patience} ms`);
    this.#head = limit(headTimeout, `it did not begin to answer in ${headTimeout} ms`);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** All headers came. */
  head(): void {
    clearTimeout(this.#head);
    this.sign();
  }

  /** Something came. */
  sign(): void {
    this.#pause.refresh();
  }

  end(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#pause);
    clearTimeout(this.#head);
  }
}

function headOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (cause: NodeJS.ErrnoException) => {
      const closed = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
      reject(
        new BrokenAnswerError(cause.message, { cause, stale: closed && request.reusedSocket }),
      );
    });
    request.end();
  });
}

async function bodyOf(answer: http.IncomingMessage, limit: number, watch: Watch): Promise<Buffer> {
  const isObject = answer.statusCode === 200 || answer.statusCode === 206;
  const announced = lengthOf(answer, isObject);
  if (isObject && announced !== undefined && announced > limit) {
    answer.destroy();
    throw new LargeObjectError(announced, limit);
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of answer) {
      watch.sign();
      pieces.push(piece);
      bytes += piece.length;
      if (!isObject && bytes > ERROR_BYTES) break;
      if (bytes > limit) throw new LargeObjectError(undefined, limit);
    }
  } catch (cause) {
    if (cause instanceof LargeObjectError) throw cause;
    const expected = announced ?? 'an unknown number of';
    throw new BrokenAnswerError(`the body ended after ${bytes} of ${expected} bytes`, { cause });
  }
  return Buffer.concat(pieces);
}

/**
 * Bytes of the body, where they are announced.
 *
 * @throws {BrokenAnswerError} when neither the length nor chunks would tell a whole body from one
 *   that was cut off
 */
function lengthOf({ headers }: http.IncomingMessage, isObject: boolean): number | undefined {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  if (headers['transfer-encoding'] === undefined && isObject) {
    throw new BrokenAnswerError('the body came without a length', {});
  }
  return undefined;
}
