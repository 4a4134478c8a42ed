import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RequestTarget } from '../request-target';

/** A request before Koa decoded its URL and the server merged parameters into its headers. */
export interface ReceivedRequest {
  readonly target: RequestTarget;
  /** Names and values in turn, as IncomingMessage.rawHeaders. */
  readonly rawHeaders: readonly string[];
  /** Set while the signature is verified: what S3 shows to a client whose signature is wrong. */
  explanation?: Readonly<Record<string, string>>;
}

// The server's signature functions see nothing of a request but its headers object, whose identity
// therefore leads back to the rest.
const received = new WeakMap<IncomingHttpHeaders, ReceivedRequest>();

/** Keeps what the signature functions need to see. */
export function remember(request: IncomingMessage, target: RequestTarget): void {
  received.set(request.headers, { target, rawHeaders: request.rawHeaders });
}

/** What was remembered of the request that these headers belong to. */
export function recall(headers: IncomingHttpHeaders): ReceivedRequest | undefined {
  return received.get(headers);
}
