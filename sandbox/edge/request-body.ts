import { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a request's body whole.
 *
 * @throws {BodyTooLargeError} beyond `maxBytes`
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit: maxBytes });
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    // The client reads the response only after it has sent the whole body.
    request.resume();
    throw new BodyTooLargeError(`The body exceeds ${maxBytes} bytes`);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large';
}

/** A copy of the request, for a server that reads the body itself. */
export function replay(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  copy.httpVersion = request.httpVersion;
  copy.httpVersionMajor = request.httpVersionMajor;
  copy.httpVersionMinor = request.httpVersionMinor;
  copy.method = request.method;
  copy.url = request.url;
  copy.headers = request.headers;
  copy.rawHeaders = request.rawHeaders;
  // Without it the copy counts as aborted once it is read, and destroys the socket.
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
