import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import * as v from 'valibot';
import { isLoopback } from '../src/config';
import { ConfigError } from '../src/errors';
import { parseUrl } from '../src/url';
import { CallError } from './events';
import { type LimitWatch, type TimeLimit, type TimeLimits, watchLimits } from './time-limits';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  readonly limits: TimeLimits;
  /** Reading stops once the body is longer. */
  readonly maxBytes?: number;
  /** Opens the connection, for a host that its name does not lead to. Default: by name. */
  readonly createConnection?: CreateConnection;
}

/** As node:http takes it; for https the connection must speak TLS already. */
export type CreateConnection = NonNullable<http.RequestOptions['createConnection']>;

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A response that did not come, or not whole. */
export class ConnectionError extends CallError {
  constructor(
    code: number,
    message: string,
    /** What happened, in a few words. */
    readonly reason: string,
    /** What failed, by the name of its connection override; undefined for anything else. */
    readonly failed: 'ct' | 'rt' | 'tt' | undefined,
    options: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** The name under which Twilio fetches webhooks and media. */
export const USER_AGENT = 'TwilioProxy/1.1';

/**
 * Sends one request for exactly the bytes of its URL, and reads the response, whatever its status.
 *
 * @throws {CallError} 11100 (URL)
 * @throws {ConnectionError} 11210 (host name), 11206 (not HTTP) or 11205 (connection or time limit)
 */
export async function sendRequest(request: HttpRequest): Promise<HttpResponse> {
  const { protocol, hostname, port, target } = splitUrl(request.url);
  const { request: open } = protocol === 'https:' ? https : http;
  const watch = watchLimits(request.limits);
  try {
    return await new Promise<HttpResponse>((resolve, reject) => {
      const outgoing = open({
        hostname,
        port,
        path: target,
        method: request.method,
        headers: { 'User-Agent': USER_AGENT, Accept: '*/*', ...request.headers },
        // A new connection: the server might close a kept one at the moment of its reuse.
        ...(request.createConnection
          ? {
              createConnection: request.createConnection,
              // Without an agent node:http would take 80, and name the port in the Host header.
              defaultPort: protocol === 'https:' ? 443 : 80,
            }
          : { agent: proxyAgent(request.url) ?? false }),
        signal: watch.signal,
      });
      watch.watch(outgoing);
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        readResponse(response, request.maxBytes).then(resolve, reject);
      });
      outgoing.end(request.body);
    });
  } catch (cause) {
    throw connectionError(request, cause, watch);
  } finally {
    watch.stop();
  }
}

/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for a URL. The `twilio` library reads
 * HTTP_PROXY for https, too. What runs on this machine, as the sandbox does, is reached directly.
 */
export function proxyFor(url: string): string | undefined {
  if (isLoopback(new URL(url).hostname)) return undefined;
  const proxy = getProxyForUrl(url) || getProxyForUrl(url.replace(/^https:/i, 'http:'));
  if (proxy === '') return undefined;
  // `proxy:3128` is a proxy in plain HTTP, as for curl. The package gives it the scheme of the URL.
  const [, bare] = /^https:\/\/(.+)$/i.exec(proxy) ?? [];
  return bare !== undefined && Object.values(process.env).includes(bare) ? `http://${bare}` : proxy;
}

/**
 * The agent that sends a request to a URL through its proxy; undefined where it has none.
 *
 * @throws {ConfigError} when the proxy's address is not a URL
 */
export function proxyAgent(url: string): https.Agent | undefined {
  const proxy = proxyFor(url);
  if (proxy !== undefined && parseUrl(proxy) === undefined) {
    throw new ConfigError(
      `HTTPS_PROXY or HTTP_PROXY is not the address of a proxy, such as http://proxy.example.com:3128: correct it, or except ${new URL(url).host} in NO_PROXY.`,
    );
  }
  // Its types are older than Node's: as an agent it is what the `twilio` library uses, too.
  return proxy === undefined ? undefined : (new HttpsProxyAgent(proxy) as object as https.Agent);
}

async function readResponse(
  response: http.IncomingMessage,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<HttpResponse> {
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

function connectionError(
  { method, url, limits }: HttpRequest,
  cause: unknown,
  watch: LimitWatch,
): ConnectionError {
  const options = { cause };
  const message = (what: string) => `${method} ${describeUrl(url)}: ${what}`;
  const limit = watch.reached();
  if (limit) {
    const reason = LIMITS[limit].reason(limits[limit]);
    return new ConnectionError(11205, message(reason), reason, LIMITS[limit].override, options);
  }
  const systemCode = v.is(SystemError, cause) ? cause.code : '';
  const what = whatHappened(systemCode) ?? (systemCode || String(cause));
  const code = codeOf(systemCode);
  const isConnected = watch.isConnected();
  const failed = code === 11205 && !isConnected ? 'ct' : undefined;
  const reason = isConnected ? 'no answer' : 'no connection';
  return new ConnectionError(code, message(what), reason, failed, options);
}

const LIMITS = {
  connectMs: { override: 'ct', reason: (ms: number) => `no connection within ${ms} ms` },
  readMs: { override: 'rt', reason: (ms: number) => `no answer within ${ms} ms` },
  totalMs: { override: 'tt', reason: (ms: number) => `no whole answer within ${ms} ms` },
} as const satisfies Readonly<Record<TimeLimit, object>>;

/** What a system error means, where its code does not say it. */
function whatHappened(code: string): string | undefined {
  switch (code) {
    case 'ENOTFOUND':
      return 'there is no such host name. Is the deployment there? Behind a proxy, set HTTPS_PROXY';
    case 'ECONNREFUSED':
      return 'nothing answers at that address (ECONNREFUSED)';
    default:
      return undefined;
  }
}

function codeOf(code: string): number {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 11210;
  return code.startsWith('HPE_') ? 11206 : 11205;
}

/** The parts of an http(s) URL, byte for byte. */
interface RawUrl {
  readonly protocol: 'http:' | 'https:';
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: string | undefined;
  /** Path and query, without the fragment, which is never sent. */
  readonly target: string;
}

const URL_PARTS =
  /^(https?):\/\/(\[[0-9a-f:.]+\]|[^\s/?#:@[\]]+)(?::(\d{1,5}))?(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/i;

/**
 * Splits an absolute URL without changing its bytes. WHATWG's `URL` would collapse dot segments and
 * encode some characters, and the signature would no longer match.
 *
 * @throws {CallError} 11100, https://www.twilio.com/docs/api/errors/11100
 */
export function splitUrl(url: string): RawUrl {
  const parts = /^[\x21-\x7e]*$/.test(url) && URL_PARTS.exec(url);
  if (!parts) throw new CallError(11100, `Invalid URL format: ${describeUrl(url)}`);
  const [, scheme = '', host = '', port, path = '/', query = ''] = parts;
  return {
    protocol: scheme.toLowerCase() === 'https' ? 'https:' : 'http:',
    hostname: host.replace(/^\[|\]$/g, ''),
    port,
    target: path + query,
  };
}

/** Adds a query to a URL, with `&` when it has one and `?` otherwise. */
export function appendQuery(url: string, query: string): string {
  const [address = ''] = url.split('#', 1);
  return query === '' ? url : `${address}${address.includes('?') ? '&' : '?'}${query}`;
}

/** The query of a URL, without `?`; empty when it has none. */
export function queryOf(url: string): string {
  const [address = ''] = url.split('#', 1);
  const start = address.indexOf('?');
  return start < 0 ? '' : address.slice(start + 1);
}

/**
 * Resolves a URL of the document at `base`. An absolute URL keeps its bytes, and so does `base` if
 * the reference is empty.
 *
 * @throws {CallError} 11100 for a relative one in a document that has no URL
 */
export function resolveUrl(reference: string, base: string | undefined): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return reference;
  if (reference === '' && base !== undefined) return base;
  const url = base === undefined ? undefined : parseUrl(reference, base);
  if (!url) throw new CallError(11100, `Invalid URL format: ${describeUrl(reference)}`);
  return url.href;
}

/** A URL for a message: short, and without its query, which may hold a signature. */
export function describeUrl(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return `"${path.slice(0, 200)}"`;
}
