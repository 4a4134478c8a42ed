import type { ServerResponse } from 'node:http';
import { answerFunctionError } from './answers';

/** What a Function may be sent, and may answer with, in bytes. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** How long a Function may run: https://www.twilio.com/docs/serverless/functions-assets/faq */
export const FUNCTION_TIMEOUT_MS = 10_000;

const TEXT = /^(text\/|application\/(json|xml|javascript)\b|[^;]*\+(json|xml)\b)/i;

/**
 * What a body weighs between a Function and its gateway. Twilio does not document its limit; the
 * platform below carries binary bodies as base64, so they weigh a third more.
 */
export function payloadBytes(contentType: string, bodyBytes: number): number {
  return TEXT.test(contentType) ? bodyBytes : Math.ceil(bodyBytes / 3) * 4;
}

/** Replaces an answer that is too heavy by an error, before any of it is sent. */
export function limitResponse(response: ServerResponse): void {
  const end = response.end;
  response.end = (...args: unknown[]): ServerResponse => {
    response.end = end;
    const weight = payloadBytes(String(response.getHeader('content-type')), byteLength(args[0]));
    if (weight > MAX_PAYLOAD_BYTES) {
      const message = `The Function's response weighs ${weight} bytes, over ${MAX_PAYLOAD_BYTES}`;
      answerFunctionError(response, 500, message);
      return response;
    }
    return Reflect.apply(end, response, args);
  };
}

function byteLength(body: unknown): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.byteLength : 0;
}
