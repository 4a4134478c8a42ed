import { type IncomingHttpHeaders, type RequestOptions, request as sendHttp } from 'node:http';
import { request as sendHttps } from 'node:https';
import { PlayError } from '../errors';

export interface TwilioRequest extends Pick<RequestOptions, 'agent' | 'auth'> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: RequestBody;
  /** For the request and its whole response. */
  readonly timeoutMs: number;
}

export interface RequestBody {
  readonly contentType: string;
  /** Sent one after another, without a copy. */
  readonly parts: readonly Buffer[];
}

export interface TwilioResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed, if it is JSON. */
  readonly body: unknown;
}

/**
 * Sends one request and reads the response, whatever its status. Follows no redirect.
 *
 * @throws {Error} when the connection breaks
 * @throws {PlayError} when the whole response has not come in time
 */
export async function sendRequest(request: TwilioRequest): Promise<TwilioResponse> {
  const { method, url, agent, auth, body, timeoutMs } = request;
  const send = new URL(url).protocol === 'https:' ? sendHttps : sendHttp;
  let timer: NodeJS.Timeout | undefined;
  return new Promise<TwilioResponse>((resolve, reject) => {
    const sent = send(url, { method, agent, auth, headers: headersOf(body) });
    // Not the request's own timeout: it does not run while the request waits for a socket.
    timer = setTimeout(() => {
      reject(new PlayError(`no response within ${timeoutMs / 1000} s`));
      sent.destroy();
    }, timeoutMs);
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        // A response that came early: Twilio does not read the rest of the request.
        if (!sent.writableFinished) sent.destroy();
        const { statusCode = 0, headers } = response;
        try {
          const text = unzipped(Buffer.concat(chunks), headers);
          resolve({ statusCode, headers, body: parse(text) });
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
    for (const part of body?.parts ?? []) sent.write(part);
    sent.end();
  }).finally(() => clearTimeout(timer));
}

function headersOf(body: RequestBody | undefined): Record<string, string | number> {
  // A page of Builds is megabytes of JSON, and a tenth of that compressed.
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    // Some firewalls refuse a request without one.
    'user-agent': 'twilio-s3-play',
  };
  if (body === undefined) return headers;
  const length = body.parts.reduce((bytes, part) => bytes + part.length, 0);
  return { ...headers, 'content-type': body.contentType, 'content-length': length };
}

function unzipped(bytes: Buffer, headers: IncomingHttpHeaders): string {
  // An answer without a body, such as 204, may have the header all the same.
  const isZipped = bytes.length > 0 && /^(x-)?gzip$/i.test(headers['content-encoding'] ?? '');
  if (!isZipped) return bytes.toString();
  return process.getBuiltinModule('node:zlib').gunzipSync(bytes).toString();
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
