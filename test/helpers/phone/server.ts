import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { CallEvent, CallOptions, CallSummary, PhoneOptions } from '../../../phone';
import { resultOf } from '../../../src/result';

export interface Received {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Called with the connection instead of a response. */
  readonly instead?: (socket: Socket) => void;
}
/** Replies by path; a function sees the request. */
export type Replies = Record<string, Reply | ((request: Received) => Reply)>;

export interface TestServer {
  readonly origin: string;
  readonly received: Received[];
  replies: Replies;
  /** Method and target of each request. */
  targets(): string[];
  /** The parameters of the request of that index. */
  form(index: number): Record<string, string>;
  close(): void;
}

export async function startServer(): Promise<TestServer> {
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: target = '', headers } = request;
    const body = Buffer.concat(chunks).toString();
    const received = { method, target, headers, body };
    test.received.push(received);
    const found = test.replies[target.split('?', 1)[0] ?? ''] ?? { status: 404 };
    const reply = typeof found === 'function' ? found(received) : found;
    if (reply.instead) return reply.instead(request.socket);
    response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const test: TestServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    replies: {},
    targets: () => test.received.map(({ method, target }) => `${method} ${target}`),
    form: (index) => Object.fromEntries(new URLSearchParams(test.received[index]?.body ?? '')),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return test;
}

export const twiml = (verbs: string): Reply => ({
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`,
});

export const audio = (body: string | Buffer = 'mp3', type = 'audio/mpeg'): Reply => ({
  headers: { 'content-type': type },
  body,
});

export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'a token for tests';

export function phoneOptions(options: Partial<PhoneOptions> = {}): PhoneOptions {
  return {
    authToken: AUTH_TOKEN,
    accountSid: ACCOUNT_SID,
    from: '+819012345678',
    to: '+815012345678',
    append: 'never',
    callSid: `CA${'0'.repeat(32)}`,
    now: () => 0,
    ...options,
  };
}

export function callOptions(server: TestServer, options: Partial<CallOptions> = {}): CallOptions {
  return { ...phoneOptions(options), voiceUrl: `${server.origin}/voice`, ...options };
}

/** Takes a call to its end. */
export async function walk(
  call: AsyncGenerator<CallEvent, CallSummary>,
): Promise<{ events: CallEvent[]; summary: CallSummary }> {
  const events: CallEvent[] = [];
  const summary = await resultOf(call, (event) => events.push(event));
  return { events, summary };
}

/** A silent MP3 of so many frames of 128 kbit/s at 44.1 kHz, each 1,152 samples long. */
export function silentMp3(frames: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}
