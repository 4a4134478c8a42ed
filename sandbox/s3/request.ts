import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { S3_KEY_BYTES } from '../../src/limits';
import { S3ErrorResponse } from './errors';

export type Parameter = readonly [name: string, value: string];

/** A request as it came over the wire, decoded once. */
export interface S3Request {
  readonly method: string;
  /** Percent-decoded, with its leading slash. Dot segments and double slashes are kept. */
  readonly path: string;
  /** Percent-decoded, in the order sent, repeated ones included. */
  readonly query: readonly Parameter[];
  /** Names in lower case, values trimmed, repeated headers joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Empty for a request to the service. */
  readonly bucket: string;
  /** Empty for a request to the bucket. */
  readonly key: string;
}

export interface S3Response {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
}

/** @throws {S3ErrorResponse} for a target that cannot be decoded, or whose key is too long */
export function readRequest(incoming: IncomingMessage): S3Request {
  const { method = '', url = '', rawHeaders } = incoming;
  const { path, query } = decodeTarget(url);
  const headers = joinHeaders(rawHeaders);
  const { bucket, key } = addressed(path, headers.get('host'));
  const size = Buffer.byteLength(key);
  if (size > S3_KEY_BYTES) {
    throw new S3ErrorResponse('KeyTooLongError', { Size: size, MaxSizeAllowed: S3_KEY_BYTES });
  }
  return { method, path, query, headers, bucket, key };
}

/** @throws {S3ErrorResponse} when an escape is broken or is not UTF-8 */
export function decodeTarget(target: string): Pick<S3Request, 'path' | 'query'> {
  const [, path = '', query = ''] = /^(\/[^?]*)\??(.*)$/.exec(target) ?? [];
  try {
    if (path !== '') return { path: decode(path), query: decodeQuery(query) };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new S3ErrorResponse('InvalidURI', { URI: target });
}

/** S3 reads a bare `+` as a blank, in the path too. Clients that mean a plus send %2B. */
const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));

function decodeQuery(query: string): Parameter[] {
  return query
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(parameter) ?? [];
      return [decode(name), decode(value)];
    });
}

/** @param rawHeaders names and values in turn */
function joinHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = (rawHeaders[i + 1] ?? '').trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}

/**
 * Bucket and key, from the path or from a host name such as `prompts.s3.eu-west-1.amazonaws.com`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
function addressed(path: string, host = ''): Pick<S3Request, 'bucket' | 'key'> {
  const virtual = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?::\d+)?$/.exec(host)?.[1];
  if (virtual !== undefined) return { bucket: virtual, key: path.slice(1) };
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key };
}

/** The first value of a parameter. */
export function parameter({ query }: Pick<S3Request, 'query'>, name: string): string | undefined {
  return query.find(([each]) => each === name)?.[1];
}

/** Escapes everything but RFC 3986's unreserved characters; encodeURIComponent leaves `!'()*`. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
