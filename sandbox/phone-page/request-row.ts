import { mediaSource } from '../../cli/call/table';
import { createMask, type Mask } from '../../explain';
import { isAudio } from '../../phone/media';
import { queryOf, USER_AGENT } from '../../phone/request';
import { isXml } from '../../phone/xml';
import { TWIML_BYTES } from '../../src/limits';
import { parseUrl } from '../../src/url';
import { curlOf } from './curl';
import type { Exchange } from './exchanges';
import type { RequestRow } from './protocol';
import { verdictOn } from './verdict';
import { formatXml, mapTexts, parseXml } from './xml';

/** What a row needs beside its exchange. */
export interface RowFacts {
  readonly request: number;
  readonly replayOf?: number;
  readonly verb: RequestRow['verb'];
  /** How many parameters Twilio appended to the URL. */
  readonly appendedCount: number;
  /** What went wrong beyond what the exchange knows. */
  readonly failure?: string;
  /** The deployment's. */
  readonly publicOrigin: string;
  /** The bucket's. */
  readonly region: string;
}

/** A row of the request inspector. All but the curl line is masked. */
export function rowOf(exchange: Exchange, facts: RowFacts): RequestRow {
  const { at, milliseconds, request, response } = exchange;
  const { publicOrigin, region, appendedCount, ...identity } = facts;
  const mask = createMask({ showsNumbers: true });
  const { url, appended } = splitAppended(request.url, appendedCount);
  const servedBy = serverOf(request.url, publicOrigin, facts.verb);
  const contentType = response?.headers['content-type'];
  const isRefused = servedBy === 'S3' && (response?.status === 403 || response?.status === 400);
  const refused = { presigned: url, requested: request.url, at, region };
  return {
    ...identity,
    at: at.toISOString(),
    method: request.method,
    url: mask.text(url),
    appended,
    appendedCount,
    servedBy,
    status: response?.status,
    contentType,
    milliseconds,
    bytes: response?.body.length ?? 0,
    requestHeaders: shownHeaders(sentHeaders(exchange), mask),
    requestBody: request.body,
    responseHeaders: shownHeaders(response?.headers ?? {}, mask),
    responseBody: response && shownBody(response.body, contentType, mask),
    failure: facts.failure ?? exchange.failure,
    verdict: isRefused ? verdictOn(refused) : undefined,
    curl: curlOf(request, isAudio(contentType)),
  };
}

/** Takes the last so many parameters from a URL. */
export function splitAppended(
  requested: string,
  count: number,
): { readonly url: string; readonly appended: string } {
  if (count === 0) return { url: requested, appended: '' };
  const appended = queryOf(requested).split('&').slice(-count).join('&');
  return { url: requested.slice(0, -appended.length - 1), appended };
}

function serverOf(url: string, publicOrigin: string, verb: string): RequestRow['servedBy'] {
  if (parseUrl(url)?.origin !== publicOrigin) return 'S3';
  if (!verb.endsWith('Play')) return 'Function';
  return mediaSource(url) === 'audio' ? 'proxy' : 'Asset';
}

type Headers = Readonly<Record<string, string | number | readonly string[] | undefined>>;

function sentHeaders({ request }: Exchange): Headers {
  const { host } = parseUrl(request.url) ?? {};
  return { Host: host, 'User-Agent': USER_AGENT, Accept: '*/*', ...request.headers };
}

function shownHeaders(headers: Headers, mask: Mask): RequestRow['requestHeaders'] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, mask.value(name, String(value))] as [string, string]],
  );
}

/**
 * S3's errors repeat what was signed as hexadecimal bytes: nobody reads them, and no mask finds a key in
 * them.
 */
const HEX_BYTES = /^(?:StringToSign|CanonicalRequest)Bytes$/;

function shownBody(body: Buffer, contentType: string | undefined, mask: Mask): string | undefined {
  if (isAudio(contentType) || body.length === 0) return undefined;
  const root = isXml(contentType) ? parseXml(body) : undefined;
  const text = root
    ? formatXml(
        mapTexts(root, (name, value) => (HEX_BYTES.test(name) ? '…' : mask.value(name, value))),
      )
    : mask.text(body.toString());
  return text.slice(0, TWIML_BYTES);
}
