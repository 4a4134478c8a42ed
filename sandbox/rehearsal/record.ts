import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { replay } from '../edge/request-body';

/** One request and its answer, as they were on the wire. */
export interface Exchange {
  readonly method: string;
  readonly host: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly requestHeaders: IncomingHttpHeaders;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly responseBody: Buffer;
}

/**
 * Puts a recorder in front of a listener: `onExchange` is called as each answer ends. A request that
 * breaks off is none, and gets none.
 */
export function recordExchanges(
  listener: RequestListener,
  onExchange: (exchange: Exchange) => void,
): RequestListener {
  return (request, response) => {
    buffer(request).then(
      (body) => {
        watchAnswer(request, body, response, onExchange);
        listener(replay(request, body), response);
      },
      () => response.destroy(),
    );
  };
}

function watchAnswer(
  request: IncomingMessage,
  requestBody: Buffer,
  response: ServerResponse,
  onExchange: (exchange: Exchange) => void,
): void {
  const chunks: Buffer[] = [];
  const { write, end } = response;
  const keep = ([chunk]: unknown[]) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  response.write = (...args: unknown[]) => {
    keep(args);
    return Reflect.apply(write, response, args);
  };
  response.end = (...args: unknown[]) => {
    // What end() sends it may hand to write(), which must not keep it again.
    response.write = write;
    keep(args);
    const ended = Reflect.apply(end, response, args);
    onExchange({
      method: request.method ?? '',
      host: request.headers.host ?? '',
      target: request.url ?? '',
      requestHeaders: request.headers,
      requestBody,
      status: response.statusCode,
      contentType: response.getHeader('content-type')?.toString(),
      responseBody: Buffer.concat(chunks),
    });
    return ended;
  };
}
