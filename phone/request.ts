import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import * as v from 'valibot';
import { TwilioError } from './errors';
import { describeUrl, splitUrl } from './url';

/** How long Twilio waits for an answer: https://www.twilio.com/docs/api/errors/11205 */
export const TWILIO_TIMEOUT_MS = 15_000;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Reading stops once the body is longer. */
  readonly maxBytes?: number;
  /** Opens the connection where the name does not lead to the host. Default: by name. */
  readonly createConnection?: CreateConnection;
}

/** As node:http takes it; for https the connection must speak TLS already. */
export type CreateConnection = NonNullable<http.RequestOptions['createConnection']>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The name under which Twilio fetches webhooks and media. */
export const USER_AGENT = 'TwilioProxy/1.1';

/**
 * Sends one request for exactly the bytes of its URL, and reads the answer, whatever its status.
 * @throws TwilioError 11100 (URL), 11210 (host name), 11206 (not HTTP) or 11205 (connection or
 * time-out)
 */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { protocol, hostname, port, target } = splitUrl(request.url);
  const { request: open } = protocol === 'https:' ? https : http;
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      const outgoing = open({
        hostname,
        port,
        path: target,
        method: request.method,
        headers: { 'User-Agent': USER_AGENT, Accept: '*/*', ...request.headers },
        // A connection of its own: one kept alive might be closed at the moment of its reuse.
        ...(request.createConnection
          ? {
              createConnection: request.createConnection,
              // Otherwise the agent's: it decides whether the Host header names the port.
              defaultPort: protocol === 'https:' ? 443 : 80,
            }
          : { agent: false }),
        signal: AbortSignal.timeout(request.timeoutMs),
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        readAnswer(response, request.maxBytes).then(resolve, reject);
      });
      outgoing.end(request.body);
    });
  } catch (cause) {
    throw connectionError(request, cause);
  }
}

async function readAnswer(
  response: http.IncomingMessage,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: Buffer.concat(chunks) };
}

const SystemError = v.object({ code: v.string() });

function connectionError({ method, url, timeoutMs }: HttpRequest, cause: unknown): TwilioError {
  const code = v.is(SystemError, cause) ? cause.code : '';
  const what = code === 'ABORT_ERR' ? `no answer within ${timeoutMs} ms` : code || String(cause);
  return new TwilioError(codeOf(code), `${method} ${describeUrl(url)}: ${what}`, { cause });
}

function codeOf(code: string): number {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 11210;
  return code.startsWith('HPE_') ? 11206 : 11205;
}
