import { once } from 'node:events';
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import aws4 from 'aws4';
import type { S3Credentials, S3Server } from '../../../../sandbox/s3';

export interface RawRequest {
  readonly method?: string;
  /** Sent as it is: no URL parser in between. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The Code of S3's error document, if the body is one. */
  readonly code: string | undefined;
}

/** Sends exactly this path and these headers, and adds Host and Content-Length if they are missing. */
export async function send(endpoint: string, request: RawRequest): Promise<RawResponse> {
  const { hostname, port } = new URL(endpoint);
  const outgoing = http.request({ hostname, port, agent: false, ...request });
  const responded = once(outgoing, 'response');
  outgoing.end(request.body);
  const [response]: http.IncomingMessage[] = await responded;
  if (!response) throw new Error(`no response to ${request.path}`);
  const body = (await buffer(response)).toString();
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1];
  return { status: response.statusCode ?? 0, headers: response.headers, body, code };
}

export interface Signing {
  readonly region?: string;
  readonly service?: string;
  readonly credentials?: S3Credentials & { sessionToken?: string };
  /** Milliseconds that the signer's clock is ahead of ours. */
  readonly aheadMs?: number;
}

export const minutes = (count: number) => count * 60_000;

function timestamp(aheadMs = 0): string {
  return new Date(Date.now() + aheadMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

function signWith(s3: S3Server, request: RawRequest, how: Signing, signQuery: boolean): RawRequest {
  const signed = aws4.sign(
    {
      service: how.service ?? 's3',
      region: how.region ?? s3.region,
      signQuery,
      host: new URL(s3.endpoint).host,
      method: request.method ?? 'GET',
      path: request.path,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    how.credentials ?? s3.credentials,
  );
  const headers = Object.entries(signed.headers ?? {}).map(([name, value]) => [
    name,
    String(value),
  ]);
  return { ...request, path: signed.path ?? '', headers: Object.fromEntries(headers) };
}

/** Signs in the Authorization header, with the package aws4. */
export function sign(s3: S3Server, request: RawRequest, how: Signing = {}): RawRequest {
  const headers = { ...request.headers, 'X-Amz-Date': timestamp(how.aheadMs) };
  return signWith(s3, { ...request, headers }, how, false);
}

/** Signs in the query. `expires` is in seconds, or no number at all. */
export function presign(
  s3: S3Server,
  request: RawRequest,
  { expires = 900, ...how }: Signing & { expires?: number | string } = {},
): RawRequest {
  const mark = request.path.includes('?') ? '&' : '?';
  const times = `X-Amz-Date=${timestamp(how.aheadMs)}&X-Amz-Expires=${expires}`;
  return signWith(s3, { ...request, path: `${request.path}${mark}${times}` }, how, true);
}
