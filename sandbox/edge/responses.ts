import type { ServerResponse } from 'node:http';
import { FUNCTION_PAYLOAD_BYTES } from '../../src/limits';

/** Sends one sentence of plain text, unless a response is already under way. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  sendWhole(response, status, text, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
}

/**
 * Responds for a Function that failed in a way that Twilio counts as 82002, in the shape of
 * Twilio's API errors. The body that Twilio's own gateway sends is not documented.
 * https://www.twilio.com/docs/api/errors/82002
 */
export function sendFunctionError(response: ServerResponse, status: number, message: string): void {
  const more_info = 'https://www.twilio.com/docs/errors/82002';
  const body = JSON.stringify({ code: 82002, message, more_info, status });
  sendWhole(response, status, body, { 'Content-Type': 'application/json' });
}

function sendWhole(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  if (response.headersSent) return;
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** Replaces a Function's response that is too large by an error, before any of it is sent. */
export function limitPayload(response: ServerResponse): void {
  const end = response.end;
  response.end = (...args: unknown[]): ServerResponse => {
    response.end = end;
    const bytes = payloadBytes(String(response.getHeader('content-type')), byteLength(args[0]));
    if (bytes > FUNCTION_PAYLOAD_BYTES) {
      const message = `The Function's response has ${bytes} bytes, over ${FUNCTION_PAYLOAD_BYTES}`;
      sendFunctionError(response, 500, message);
      return response;
    }
    return Reflect.apply(end, response, args);
  };
}

const TEXT = /^(text\/|application\/(json|xml|javascript)\b|[^;]*\+(json|xml)\b)/i;

/** The size of a body between a Function and its gateway: binary ones travel as base64. */
function payloadBytes(contentType: string, bodyBytes: number): number {
  return TEXT.test(contentType) ? bodyBytes : Math.ceil(bodyBytes / 3) * 4;
}

function byteLength(body: unknown): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.byteLength : 0;
}
