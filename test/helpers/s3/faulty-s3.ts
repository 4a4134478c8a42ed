import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** What goes wrong with one request. Bytes are those of the answer, its status line and headers included. */
export type Fault =
  | { readonly kind: 'none' }
  /** The answer waits. */
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** The connection is reset, or ended in good order, after so many bytes. */
  | { readonly kind: 'reset' | 'cut'; readonly after: number }
  /** Nothing more comes after so many bytes, and the connection stays. */
  | { readonly kind: 'stall'; readonly after: number }
  /** The headers come, and the body some time after them. */
  | { readonly kind: 'late body'; readonly head: number; readonly body: number }
  /** The body comes byte by byte, always before one's patience ends. */
  | { readonly kind: 'drip'; readonly every: number }
  /** S3 refuses, as AWS does. */
  | {
      readonly kind: 'refusal';
      readonly status: number;
      readonly code: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** How many bytes follow the error; it never ends then. */
      readonly tail?: number;
    }
  /** The answer has other headers, names in lower case; undefined leaves one out. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string | undefined>> }
  /** Headers come one after another without end: slowly, or as fast as they can. */
  | { readonly kind: 'endless headers'; readonly every: number }
  | { readonly kind: 'flood of headers' }
  /** The body's end is the connection's end: nobody can tell a whole body from a part. */
  | { readonly kind: 'no length' }
  /** The body comes in chunks, its length unannounced; so many times over. */
  | { readonly kind: 'chunks'; readonly times: number };

/** A proxy in front of a real S3 server that does as it is told. */
export interface FaultyS3 {
  readonly endpoint: string;
  /** Paths and headers of the requests that came, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** How many connections were opened. */
  connections(): number;
  /** The faults of the next requests, in order; later requests have none. */
  next(...faults: readonly Fault[]): void;
  /** The fault of all requests from now on. */
  always(fault: Fault): void;
  close(): Promise<void>;
}

interface Upstream {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

const NONE: Fault = { kind: 'none' };

/** @param tls makes it an HTTPS server, named s3.localhost: the one name that the Ceph gateway knows */
export async function startFaultyS3(
  endpoint: string,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FaultyS3> {
  const requests: FaultyS3['requests'] = [];
  let queue: Fault[] = [];
  let fallback = NONE;
  let opened = 0;
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    requests.push({ path: incoming.url ?? '', headers: incoming.headers });
    const fault = queue.shift() ?? fallback;
    const answer = await forward(endpoint, incoming);
    await inflict(fault, answer, response, incoming.socket);
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

/** Asks the real server exactly the same, Host header included, which is signed. */
async function forward(endpoint: string, incoming: IncomingMessage): Promise<Upstream> {
  const { hostname, port } = new URL(endpoint);
  const { method, url: path, rawHeaders } = incoming;
  const upstream = request({ hostname, port, method, path, headers: rawHeaders });
  incoming.pipe(upstream);
  const [response]: IncomingMessage[] = await once(upstream, 'response');
  if (!response) throw new Error('no response');
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode ?? 0, rawHeaders: response.rawHeaders, body };
}

async function inflict(
  fault: Fault,
  answer: Upstream,
  response: ServerResponse,
  socket: Socket,
): Promise<void> {
  switch (fault.kind) {
    case 'none':
      return send(response, answer);
    case 'latency':
      await pause(fault.milliseconds);
      return send(response, answer);
    case 'late body':
      await pause(fault.head);
      response.writeHead(answer.status, [...answer.rawHeaders]).flushHeaders();
      await pause(fault.body);
      response.end(answer.body);
      return;
    case 'headers':
      return send(response, { ...answer, rawHeaders: changed(answer.rawHeaders, fault.headers) });
    case 'refusal':
      return refuse(response, fault);
    case 'reset':
      socket.write(bytesOf(answer).subarray(0, fault.after), () => socket.resetAndDestroy());
      return;
    case 'cut':
      socket.end(bytesOf(answer).subarray(0, fault.after));
      return;
    case 'stall':
      socket.write(bytesOf(answer).subarray(0, fault.after));
      return;
    case 'drip':
      return drip(response, answer, fault.every);
    case 'endless headers':
      return writeHeaders(socket, fault.every);
    case 'flood of headers':
      socket.end(`HTTP/1.1 200 OK\r\n${'x-flood: more\r\n'.repeat(100_000)}`);
      return;
    case 'no length':
      response.sendDate = false;
      socket.end(bytesOf({ ...answer, rawHeaders: [] }));
      return;
    case 'chunks':
      response.writeHead(answer.status, { 'content-type': 'audio/mpeg' });
      for (let sent = 0; sent < fault.times; sent++) response.write(answer.body);
      response.end();
  }
}

function send(response: ServerResponse, { status, rawHeaders, body }: Upstream): void {
  response.writeHead(status, [...rawHeaders]);
  response.end(body);
}

function refuse(response: ServerResponse, fault: Extract<Fault, { kind: 'refusal' }>): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${fault.code}</Code><Message>Secrets of the account: AKIAIOSFODNN7EXAMPLE</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>`;
  response.writeHead(fault.status, {
    'x-amz-request-id': '4442587FB7D0A2F9',
    'content-type': 'application/xml',
    ...fault.headers,
  });
  response.write(body);
  if (fault.tail === undefined) response.end();
  else response.write(Buffer.alloc(fault.tail, ' '));
}

/** Names and values by turns. */
function changed(
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

async function drip(response: ServerResponse, answer: Upstream, every: number): Promise<void> {
  response.writeHead(answer.status, [...answer.rawHeaders]);
  for (const byte of answer.body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await pause(every);
  }
  response.end();
}

async function writeHeaders(socket: Socket, every: number): Promise<void> {
  socket.write('HTTP/1.1 200 OK\r\n');
  while (!socket.destroyed) {
    socket.write('x-more: to come\r\n');
    await pause(every);
  }
}

/** The answer as it is on the wire. */
function bytesOf({ status, rawHeaders, body }: Upstream): Buffer {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  const head = [`HTTP/1.1 ${status} OK`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
