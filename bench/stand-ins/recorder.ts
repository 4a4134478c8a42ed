import { type RequestListener, request as sendRequest } from 'node:http';
import type { RecordedRequest } from './timeline';

/** Notes when each request came, and when its answer was complete. */
export function recordRequests(
  to: RecordedRequest['to'],
  listener: RequestListener,
  requests: RecordedRequest[],
): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    const recorded = { to, method, target: url, start: performance.now(), end: Number.NaN };
    requests.push(recorded);
    response.once('finish', () => {
      recorded.end = performance.now();
    });
    listener(request, response);
  };
}

/** Hands requests on to another server as they are, so that their signatures stay right. */
export function forwardTo(origin: string): RequestListener {
  return (incoming, outgoing) => {
    const { method, url, rawHeaders } = incoming;
    const { hostname, port } = new URL(origin);
    const request = sendRequest({ hostname, port, method, path: url, headers: rawHeaders });
    request.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    request.on('error', () => outgoing.destroy());
    incoming.pipe(request);
  };
}
