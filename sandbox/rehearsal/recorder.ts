import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { replay } from '../edge/request-body';

/** One request and its response, as they were on the wire. */
export interface RecordedExchange {
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
 * Puts a recorder in front of a listener: `onExchange` is called as each response ends. A request
 * that breaks off is not recorded and gets no response.
 */
export function recordExchanges(
  listener: RequestListener,
  onExchange: (exchange: RecordedExchange) => void,
): RequestListener {
  return (request, response) => {
    buffer(request).then(
      (body) => {
        recordResponse(request, body, response, onExchange);
        listener(replay(request, body), response);
      },
      () => response.destroy(),
    );
  };
}

function recordResponse(
  request: IncomingMessage,
  requestBody: Buffer,
  response: ServerResponse,
  onExchange: (exchange: RecordedExchange) => void,
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
    // end() may call write(), which must not keep the same bytes again.
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
