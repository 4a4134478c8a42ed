import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * What goes wrong with one request. `afterBytes` counts the bytes of the response, its status line
 * and headers included; a negative number counts from the end, and `headers` is where they end.
 */
export type Fault =
  | { readonly kind: 'none' }
  /** The response comes late. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The connection is reset, or ended in good order. */
  | { readonly kind: 'reset' | 'cut'; readonly afterBytes: number | 'headers' }
  /** Nothing more comes, and the connection stays open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** The headers come late, and the body some time after them. */
  | { readonly kind: 'late body'; readonly headersMs: number; readonly bodyMs: number }
  /** The body comes byte by byte, each before an idle timeout. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** The server is not asked: this is the response. */
  | Reply
  /** The server is not asked: S3's error is the response. */
  | {
      readonly kind: 's3 error';
      readonly status: number;
      readonly code: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** How many bytes follow the error; it never ends then. */
      readonly endlessBytes?: number;
    }
  /**
   * The response has another status, other headers (names in lower case; undefined leaves one out)
   * or another body.
   */
  | {
      readonly kind: 'changed';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | undefined>>;
      readonly body?: (body: Buffer) => Buffer;
    }
  /** Headers come one after another without end: slowly, or as fast as they can. */
  | { readonly kind: 'endless headers'; readonly everyMs: number }
  | { readonly kind: 'flood of headers' }
  /** The body's end is the connection's end: a whole body cannot be told from a part. */
  | { readonly kind: 'no length' }
  /** The body comes in chunks, its length unannounced; so many times over. */
  | { readonly kind: 'chunks'; readonly times: number };

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Request ID and message of the fault "s3 error". */
export const S3_ERROR_REQUEST_ID = '4442587FB7D0A2F9';
export const S3_ERROR_MESSAGE = 'Secrets of the account: AKIAIOSFODNN7EXAMPLE';

export const s3Error = (
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Fault => ({ kind: 's3 error', status, code, headers });

export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Stands between a client and a real server, and lets requests go wrong. */
export interface FaultServer {
  readonly endpoint: string;
  /** The requests that came, in order. */
  readonly requests: ReceivedRequest[];
  /** How many connections were opened. */
  connections(): number;
  /** The faults of the next requests, in order; later requests have none. */
  next(...faults: readonly Fault[]): void;
  /** The fault of all requests from now on. */
  always(fault: Fault): void;
  close(): Promise<void>;
}

const NONE: Fault = { kind: 'none' };

export interface FaultServerOptions {
  /** Makes it an HTTPS server, named s3.localhost: the one name that the Ceph gateway knows. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Chooses a fault by the request, where `next` has left none. */
  readonly choose?: (request: ReceivedRequest) => Fault | undefined;
}

/** @param upstream origin of the real server */
export async function startFaultServer(
  upstream: string,
  { tls, choose }: FaultServerOptions = {},
): Promise<FaultServer> {
  const requests: FaultServer['requests'] = [];
  let queue: Fault[] = [];
  let fallback = NONE;
  let opened = 0;
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming;
    const received = { method, path: url, headers };
    requests.push(received);
    const fault = queue.shift() ?? choose?.(received) ?? fallback;
    if (fault.kind === 'reply' || fault.kind === 's3 error') {
      incoming.resume();
      return reply(fault, response);
    }
    const isSilent = 'afterBytes' in fault && fault.afterBytes === 0;
    if (isSilent) incoming.resume();
    const real = isSilent ? NO_RESPONSE : await forward(upstream, incoming);
    return respond(fault, real, response, incoming.socket);
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('connection', () => {
    opened += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    endpoint: tls ? `https://s3.localhost:${address.port}` : `http://127.0.0.1:${address.port}`,
    requests,
    connections: () => opened,
    next(...faults) {
      queue = [...faults];
      fallback = NONE;
    },
    always(fault) {
      queue = [];
      fallback = fault;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What the real server responded. */
interface Upstream {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Stands for what a fault with no bytes does not send: the server is not asked then. */
const NO_RESPONSE: Upstream = { status: 200, rawHeaders: [], body: Buffer.alloc(0) };

/** Asks the real server exactly the same, Host header included, which is signed. */
async function forward(upstream: string, incoming: IncomingMessage): Promise<Upstream> {
  const { hostname, port } = new URL(upstream);
  const { method, url: path, rawHeaders } = incoming;
  // Over a new connection: an idle one may be closed at the moment of its reuse.
  const asked = request({ hostname, port, method, path, headers: rawHeaders, agent: false });
  incoming.pipe(asked);
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('no response');
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode ?? 0, rawHeaders: response.rawHeaders, body };
}

async function respond(
  fault: Exclude<Fault, { kind: 'reply' | 's3 error' }>,
  upstream: Upstream,
  response: ServerResponse,
  socket: Socket,
): Promise<void> {
  switch (fault.kind) {
    case 'none':
      return send(response, upstream);
    case 'latency':
      await pause(fault.ms);
      return send(response, upstream);
    case 'late body':
      await pause(fault.headersMs);
      response.writeHead(upstream.status, [...upstream.rawHeaders]).flushHeaders();
      await pause(fault.bodyMs);
      response.end(upstream.body);
      return;
    case 'changed':
      return send(response, changed(upstream, fault));
    case 'reset':
      socket.write(firstBytes(upstream, fault.afterBytes), () => socket.resetAndDestroy());
      return;
    case 'cut':
      socket.end(firstBytes(upstream, fault.afterBytes));
      return;
    case 'stall':
      socket.write(bytesOf(upstream).subarray(0, fault.afterBytes));
      return;
    case 'drip':
      return drip(response, upstream, fault.everyMs);
    case 'endless headers':
      return writeHeaders(socket, fault.everyMs);
    case 'flood of headers':
      socket.end(`HTTP/1.1 200 OK\r\n${'x-flood: more\r\n'.repeat(100_000)}`);
      return;
    case 'no length':
      socket.end(bytesOf({ ...upstream, rawHeaders: [] }));
      return;
    case 'chunks':
      response.writeHead(upstream.status, { 'content-type': 'audio/mpeg' });
      for (let sent = 0; sent < fault.times; sent++) response.write(upstream.body);
      response.end();
  }
}

function send(response: ServerResponse, { status, rawHeaders, body }: Upstream): void {
  response.writeHead(status, [...rawHeaders]).end(body);
}

export function reply(
  fault: Extract<Fault, { kind: 'reply' | 's3 error' }>,
  response: ServerResponse,
): void {
  if (fault.kind === 'reply') {
    response.writeHead(fault.status, fault.headers).end(fault.body);
    return;
  }
  response.writeHead(fault.status, {
    'x-amz-request-id': S3_ERROR_REQUEST_ID,
    'content-type': 'application/xml',
    ...fault.headers,
  });
  response.write(`<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${fault.code}</Code><Message>${S3_ERROR_MESSAGE}</Message><RequestId>${S3_ERROR_REQUEST_ID}</RequestId></Error>`);
  if (fault.endlessBytes === undefined) response.end();
  else response.write(Buffer.alloc(fault.endlessBytes, ' '));
}

function changed(
  { rawHeaders, body, ...upstream }: Upstream,
  { status = upstream.status, headers = {}, body: change }: Extract<Fault, { kind: 'changed' }>,
): Upstream {
  if (!change) return { status, rawHeaders: withHeaders(rawHeaders, headers), body };
  const other = change(body);
  const length = { 'transfer-encoding': undefined, 'content-length': String(other.length) };
  return { status, rawHeaders: withHeaders(rawHeaders, { ...headers, ...length }), body: other };
}

/** @param rawHeaders names and values by turns */
function withHeaders(
  rawHeaders: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
): string[] {
  const kept = rawHeaders.filter((_, at) => {
    const name = rawHeaders[at - (at % 2)]?.toLowerCase() ?? '';
    return !Object.hasOwn(headers, name);
  });
  const set = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
  return [...kept, ...set];
}

async function drip(response: ServerResponse, upstream: Upstream, everyMs: number): Promise<void> {
  response.writeHead(upstream.status, [...upstream.rawHeaders]);
  for (const byte of upstream.body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await pause(everyMs);
  }
  response.end();
}

async function writeHeaders(socket: Socket, everyMs: number): Promise<void> {
  socket.write('HTTP/1.1 200 OK\r\n');
  while (!socket.destroyed) {
    socket.write('x-more: to come\r\n');
    await pause(everyMs);
  }
}

function firstBytes(upstream: Upstream, count: number | 'headers'): Buffer {
  const bytes = bytesOf(upstream);
  return bytes.subarray(0, count === 'headers' ? bytes.length - upstream.body.length : count);
}

/** The response as it is on the wire. */
function bytesOf({ status, rawHeaders, body }: Upstream): Buffer {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  const head = [`HTTP/1.1 ${status} OK`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
