import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';

/** What goes wrong at one call. A kill breaks the connection, and no call succeeds after it. */
export const FAULTS = [
  '500',
  '429',
  'reset before the effect',
  'reset after the effect',
  'killed before the effect',
  'killed after the effect',
] as const;
/** After the effect, and nothing breaks: the answer is not the one to the request. */
export const OTHER_ANSWERS = ['half an answer', 'no answer', 'a page in its place'] as const;

export type Fault = (typeof FAULTS)[number] | (typeof OTHER_ANSWERS)[number];

/** One call of a run, to S3 or to Twilio. */
export interface WireCall {
  readonly index: number;
  readonly to: 'S3' | 'Twilio';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** Stands between a run and both its servers: counts its calls, and breaks one of them. */
export class Wire {
  readonly calls: WireCall[] = [];
  /** Called before a call reaches its server, which waits for a promise. */
  before: (call: WireCall) => unknown = () => {};
  fault: { readonly at: number; readonly kind: Fault } | undefined;
  #dead = false;

  /** Starts a new run: counts from zero, without a fault. */
  reset(): void {
    this.calls.length = 0;
    this.before = () => {};
    this.fault = undefined;
    this.#dead = false;
  }

  wrap(to: WireCall['to'], listener: RequestListener): RequestListener {
    return (request, response) => {
      if (this.#dead) {
        request.socket.destroy();
        return;
      }
      const path = (request.url ?? '').split('?', 1).join('');
      const call = { index: this.calls.length, to, method: request.method ?? '', path };
      this.calls.push(call);
      const respond = () => {
        const fault = this.fault?.at === call.index ? this.fault.kind : undefined;
        if (fault?.startsWith('killed')) this.#dead = true;
        this.#respond(fault, listener, request, response);
      };
      const happening = this.before(call);
      if (happening instanceof Promise) happening.then(respond);
      else respond();
    };
  }

  #respond(
    fault: Fault | undefined,
    listener: RequestListener,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    switch (fault) {
      case '500':
      case '429':
        request.resume();
        response.writeHead(Number(fault), { 'content-type': 'application/json' }).end('{}');
        return;
      case 'reset before the effect':
      case 'killed before the effect':
        request.socket.destroy();
        return;
      case 'reset after the effect':
      case 'killed after the effect':
        response.end = () => response.destroy();
        break;
      case 'half an answer':
        replaceAnswer(response, (body) => body.subarray(0, body.length / 2));
        break;
      case 'no answer':
        replaceAnswer(response, () => Buffer.alloc(0));
        break;
      case 'a page in its place':
        replaceAnswer(response, () => Buffer.from('<!doctype html><title>Sign in</title>'));
        break;
      case undefined:
        break;
    }
    listener(request, response);
  }
}

/** Replaces a body that is sent at once, as Express sends it. */
function replaceAnswer(response: ServerResponse, replace: (body: Buffer) => Buffer): void {
  const end = response.end.bind(response);
  response.end = (body: unknown) => {
    const other = replace(Buffer.from(String(body ?? '')));
    response.setHeader('content-length', other.length);
    return end(other);
  };
}

/** Forwards requests without a body as they came, Host included: signatures cover it. */
export function forwardTo(
  origin: string,
  rewrite: (body: string) => string = (body) => body,
): RequestListener {
  const { hostname, port } = new URL(origin);
  return ({ method, url, headers }, response) => {
    const options = { hostname, port, method, path: url, headers };
    const forwarded = http.request(options, (upstream) => {
      const chunks: Buffer[] = [];
      upstream.on('data', (chunk: Buffer) => chunks.push(chunk));
      upstream.on('end', () => {
        const body = Buffer.concat(chunks);
        const isXml = upstream.headers['content-type']?.includes('xml');
        const sent = isXml ? Buffer.from(rewrite(body.toString())) : body;
        const headers = { ...upstream.headers, 'content-length': sent.length };
        response.writeHead(upstream.statusCode ?? 502, headers).end(sent);
      });
    });
    forwarded.end();
  };
}

/** Refuses the objects of some keys, as S3 does with another account's. */
export function refuseLocked(
  isLocked: (key: string, range: boolean) => boolean,
  listener: RequestListener,
): RequestListener {
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const key = decodeURIComponent(path).split('/').slice(2).join('/');
    if (!isLocked(key, request.headers.range !== undefined)) return listener(request, response);
    request.resume();
    response
      .writeHead(403, { 'content-type': 'application/xml' })
      .end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
  };
}
