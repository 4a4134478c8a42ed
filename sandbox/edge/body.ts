import { IncomingMessage } from 'node:http';

/** The body did not fit, and was read to its end so that the caller can read why. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a request's body whole.
 * @throws BodyTooLargeError beyond `maxBytes`, of which no more than that is kept.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  if (size > maxBytes) throw new BodyTooLargeError(`The body exceeds ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

/** The same request once more, for a server that wants to read the body itself. */
export function replay(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  copy.httpVersion = request.httpVersion;
  copy.httpVersionMajor = request.httpVersionMajor;
  copy.httpVersionMinor = request.httpVersionMinor;
  copy.method = request.method;
  copy.url = request.url;
  copy.headers = request.headers;
  copy.rawHeaders = request.rawHeaders;
  // Without it the copy counts as aborted once it is read, and takes the socket down.
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
