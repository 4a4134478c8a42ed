import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { isLoopback } from '../../src/config';
import { readBody } from '../edge/request-body';

/** A request that is refused. The message is a sentence for a person. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A body of this API is a key or two settings. */
const BODY_BYTES = 10_000;

/**
 * Lets only this machine's own names through: a site whose name was changed to lead here (DNS rebinding)
 * would read the calls, and make some.
 *
 * @throws {RequestError} 403
 */
export function requireOwnHost({ headers }: IncomingMessage): void {
  if (isLoopback(headers.host ?? '')) return;
  throw new RequestError(
    403,
    'The phone page answers at localhost only: open it under the address that npm start names.',
  );
}

/**
 * Lets only the page itself change something: a browser names the page that sends a request.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin
 *
 * @throws {RequestError} 403
 */
export function requireOwnOrigin({ headers }: IncomingMessage): void {
  if (headers.origin === `http://${headers.host}`) return;
  throw new RequestError(
    403,
    'Only the phone page itself may send this: its Origin was not named.',
  );
}

/** @throws {RequestError} 400, 413 or 415 */
export async function readJson<Schema extends v.GenericSchema>(
  request: IncomingMessage,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'The body must be JSON, with Content-Type: application/json.');
  }
  const body = await readBody(request, BODY_BYTES);
  const parsed = v.safeParse(schema, parseJson(body.toString()));
  if (parsed.success) return parsed.output;
  const [{ path, message }] = parsed.issues;
  const place = path?.map(({ key }) => String(key)).join('.') ?? 'the body';
  throw new RequestError(400, `The body is not as expected: ${place}: ${message}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'The body is not JSON.');
  }
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

/**
 * Sends bytes, or the part of them that `Range` asks for: Safari plays a sound only in parts.
 * https://github.com/WebKit/WebKit/pull/19687
 */
export function sendBytes(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { body, contentType }: { readonly body: Buffer; readonly contentType: string },
): void {
  const range = readRange(headers.range, body.length);
  const sent = range ? body.subarray(range.first, range.last + 1) : body;
  response.writeHead(range ? 206 : 200, {
    'Content-Type': contentType,
    'Content-Length': sent.length,
    'Accept-Ranges': 'bytes',
    ...(range && { 'Content-Range': `bytes ${range.first}-${range.last}/${body.length}` }),
  });
  response.end(sent);
}

/** Undefined where all bytes are to be sent: for no range, and for one that cannot be sent. */
function readRange(header = '', bytes: number): { first: number; last: number } | undefined {
  const [, from, to] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? [];
  if (from === undefined) return undefined;
  const first = Number(from);
  const last = to ? Math.min(Number(to), bytes - 1) : bytes - 1;
  return first <= last ? { first, last } : undefined;
}

/**
 * A stream of Server-Sent Events.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function openEventStream(response: ServerResponse): (value: unknown) => void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  response.flushHeaders();
  return (value) => void response.write(`data: ${JSON.stringify(value)}\n\n`);
}
