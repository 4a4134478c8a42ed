import http from 'node:http';
import https from 'node:https';
import type { S3Config } from '../config';
import { signHeaders } from '../sigv4';
import { objectAddress } from './address';

/** S3's answer to a GET, with the whole body. */
export interface ObjectResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

// One pool for all requests of this process: a new TLS connection costs two round trips.
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/**
 * Gets an object with a request signed in its Authorization header. node:http is used because it
 * sends the path as it was signed (fetch would normalise it) and loads faster than fetch.
 *
 * @param headers request headers to pass on, such as Range; lower case
 * @throws {Error} when the connection fails, the body ends early or `timeout` milliseconds pass.
 */
export function getObject(
  s3: S3Config,
  key: string,
  headers: Readonly<Record<string, string>>,
  { now, timeout }: { readonly now: Date; readonly timeout: number },
): Promise<ObjectResponse> {
  const { origin, host, path } = objectAddress(s3, key);
  const { credentials, region } = s3;
  const signed = signHeaders({ method: 'GET', host, path, headers }, { credentials, region, now });
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(
      {
        method: 'GET',
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port || undefined,
        path,
        headers: signed,
        agent: agents[secure ? 'https:' : 'http:'],
        signal: AbortSignal.timeout(timeout),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end();
  });
}
