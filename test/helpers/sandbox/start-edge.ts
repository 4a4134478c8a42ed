import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import type { HostedBuild, HostedFile } from '../../../sandbox/hosted-build';
import type { FromEdge, ToEdge } from './edge-process';

export const AUTH_TOKEN = 'a token for tests';

export interface EdgeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}
export interface EdgeRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}
export interface TestEdge {
  readonly origin: string;
  readonly directory: string;
  deploy(build: Partial<HostedBuild> | undefined): Promise<void>;
  request(target: string, options?: EdgeRequest): Promise<EdgeResponse>;
  sign(target: string, parameters?: Record<string, unknown>): string;
  /** Rejects if the process ended by an error. */
  close(): Promise<Extract<FromEdge, { type: 'closed' }>>;
}

/** Starts an edge in a process of its own. */
export async function startEdge({ functionTimeoutMs = 10_000 } = {}): Promise<TestEdge> {
  const child = fork(join(__dirname, 'edge-process.ts'), [String(functionTimeoutMs)], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
    serialization: 'advanced',
  });
  const next = <T extends FromEdge['type']>(type: T) =>
    new Promise<Extract<FromEdge, { type: T }>>((resolve, reject) => {
      const onMessage = (message: FromEdge) => {
        if (message.type !== type) return;
        child.off('message', onMessage).off('exit', onExit);
        resolve(message as Extract<FromEdge, { type: T }>);
      };
      const onExit = (code: number | null) =>
        reject(new Error(`The edge's process ended with ${code}`));
      child.on('message', onMessage).on('exit', onExit);
    });
  const tell = (message: ToEdge) => child.send(message);
  const { port, directory } = await next('listening');
  const origin = `http://localhost:${port}`;
  return {
    origin,
    directory,
    async deploy(build) {
      const deployed = next('deployed');
      tell({ type: 'deploy', build: build && hostedBuild(build) });
      await deployed;
    },
    request: (target, options) => sendRequest(port, target, options),
    sign: (target, parameters = {}) =>
      getExpectedTwilioSignature(AUTH_TOKEN, `${origin}${target}`, parameters),
    async close() {
      const exited = once(child, 'exit');
      const closed = next('closed');
      tell({ type: 'close' });
      const message = await closed;
      const [code] = await exited;
      if (code !== 0) throw new Error(`The edge's process ended with ${code}`);
      return message;
    },
  };
}

/** Repeats a request until the response has this text. Without it the test times out. */
export async function requestUntil(edge: TestEdge, target: string, text: string): Promise<void> {
  while ((await edge.request(target)).text !== text) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let builds = 0;

/** A Build with a SID of its own. */
export function hostedBuild(build: Partial<HostedBuild>): HostedBuild {
  builds += 1;
  return {
    buildSid: `ZB${String(builds).padStart(32, '0')}`,
    serviceSid: `ZS${'0'.repeat(32)}`,
    environmentSid: `ZE${'0'.repeat(32)}`,
    functions: [],
    assets: [],
    variables: {},
    ...build,
  };
}

let versions = 0;

export function hostedFile(
  path: string,
  content: string | Buffer,
  options: Partial<HostedFile> = {},
): HostedFile {
  versions += 1;
  return {
    sid: `ZN${String(versions).padStart(32, '0')}`,
    path,
    visibility: 'public',
    content: Buffer.from(content),
    contentType: 'application/javascript',
    ...options,
  };
}

/** Sends the request target byte for byte, which `fetch` would not do. */
export async function sendRequest(
  port: number,
  target: string,
  { method = 'GET', headers = {}, body }: EdgeRequest = {},
): Promise<EdgeResponse> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path: target,
    method,
    headers,
    agent: false,
  });
  request.end(body);
  const [response] = await once(request, 'response');
  const received = await buffer(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: received,
    text: received.toString(),
  };
}
