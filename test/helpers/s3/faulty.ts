import http, { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Listening, listen } from '../../../sandbox/listen';

/** What the real server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends something else than the real answer, or nothing. */
export type Fault = (answer: Answer, response: ServerResponse) => void;

/** Between a client and a real server: the next answers go wrong as they are told to. */
export interface FaultyServer {
  readonly url: string;
  /** One for each of the next requests; later ones are answered as the server does. */
  readonly faults: Fault[];
  /** Method and path of each request, with the query. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Forwards requests without a body as they came, Host included: signatures cover it. */
export async function startFaulty(origin: string): Promise<FaultyServer> {
  const { hostname, port } = new URL(origin);
  const faults: Fault[] = [];
  const requests: string[] = [];
  const server: Listening = await listen(({ method, url, headers }, response) => {
    requests.push(`${method} ${url}`);
    const fault = faults.shift() ?? passOn;
    const options = { hostname, port, method, path: url, headers, agent: false };
    http.get(options, async (answer) => {
      const body = await buffer(answer);
      fault({ status: answer.statusCode ?? 0, headers: answer.headers, body }, response);
    });
  });
  return { url: server.url, faults, requests, close: () => server.close() };
}

export const passOn: Fault = ({ status, headers, body }, response) => {
  response.writeHead(status, headers).end(body);
};

export const reset: Fault = (_, response) => response.destroy();

/** Never answers. */
export const silence: Fault = () => {};

/** Half of the body, then the connection breaks. */
export const brokenOff: Fault = ({ status, headers, body }, response) => {
  response.writeHead(status, headers);
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
};

/** Half of the body, then nothing more. */
export const stalled: Fault = ({ status, headers, body }, response) => {
  response.writeHead(status, headers);
  response.write(body.subarray(0, body.length / 2));
};

/** Another body, whole as far as HTTP goes. */
export function withBody(change: (body: Buffer) => Buffer): Fault {
  return ({ status, headers, body }, response) => {
    const changed = change(body);
    response.writeHead(status, { ...headers, 'content-length': changed.length }).end(changed);
  };
}

export function withHeaders(more: Readonly<Record<string, string>>): Fault {
  return ({ status, headers, body }, response) =>
    response.writeHead(status, { ...headers, ...more }).end(body);
}

/** An error as S3 words it. */
export function refusal(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>Words of S3</Message></Error>`;
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
}
