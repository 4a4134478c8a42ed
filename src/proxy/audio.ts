import type { IncomingHttpHeaders } from 'node:http';
import { PlayError } from '../errors';
import { playableType } from '../media-types';
import { entityTagOf } from '../s3/entity-tag';
import type { ObjectResponse } from '../s3/request';
import { cacheControlFor } from './cache-control';

/** An object as it is served. */
export interface Audio {
  readonly body: Buffer;
  readonly headers: AudioHeaders;
  /** The object's own Cache-Control. */
  readonly cacheControl: string | undefined;
}

export interface AudioHeaders extends CacheHeaders {
  readonly 'Content-Type': string;
  readonly 'Content-Encoding'?: string;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The headers that tell Twilio's cache how long to keep an object, and how to revalidate it. */
export interface CacheHeaders {
  readonly 'Cache-Control': string;
  readonly ETag?: string;
  readonly 'Last-Modified'?: string;
}

/** Its Content-Type is plainly no audio, or neither that nor its file ending is one that Twilio plays. */
export class UnplayableTypeError extends PlayError {}

/** The object is empty. */
export class EmptyObjectError extends PlayError {}

/**
 * @throws {UnplayableTypeError}
 * @throws {EmptyObjectError}
 */
export function audioOf(key: string, { headers, body }: ObjectResponse): Audio {
  if (body.length === 0) {
    throw new EmptyObjectError('The object in S3 has no bytes: upload the audio again.');
  }
  return { body, headers: audioHeadersOf(key, headers), cacheControl: headers['cache-control'] };
}

/** A cached object after S3 called it current; its Cache-Control may have changed. */
export function revalidatedAudio(audio: Audio, { headers }: ObjectResponse): Audio {
  const cacheControl = headers['cache-control'];
  return cacheControl === undefined
    ? audio
    : {
        ...audio,
        cacheControl,
        headers: { ...audio.headers, 'Cache-Control': cacheControlFor(cacheControl) },
      };
}

/**
 * The response headers that are passed on. AWS's own are not.
 *
 * @throws {UnplayableTypeError}
 */
export function audioHeadersOf(key: string, headers: IncomingHttpHeaders): AudioHeaders {
  const { 'content-type': contentType } = headers;
  const encoding = contentEncodingOf(headers['content-encoding']);
  const type = playableType(contentType, key);
  if (type === undefined) {
    throw new UnplayableTypeError(
      `S3 says that it is ${contentType ?? 'of no type'}, which Twilio does not play: store it with a Content-Type such as audio/mpeg.`,
    );
  }
  const audioHeaders = { ...cacheHeadersOf(headers), 'Content-Type': type };
  return encoding === undefined ? audioHeaders : { ...audioHeaders, 'Content-Encoding': encoding };
}

/**
 * The content codings that a client can undo. Uploads in chunks leave `aws-chunked` behind on some
 * servers, others a character set: neither is a coding of what S3 sends.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
const CODINGS: ReadonlySet<string> = new Set([
  'br',
  'compress',
  'deflate',
  'gzip',
  'x-compress',
  'x-gzip',
  'zstd',
]);

function contentEncodingOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const codings = header.toLowerCase().split(/[\s,]+/);
  return codings.filter((coding) => CODINGS.has(coding)).join(', ') || undefined;
}

/** Picks them from S3's response, without those that have not the form that HTTP gives them. */
export function cacheHeadersOf(headers: IncomingHttpHeaders): CacheHeaders {
  const etag = entityTagOf(headers.etag);
  const lastModified = headers['last-modified'];
  const picked: Writable<CacheHeaders> = {
    'Cache-Control': cacheControlFor(headers['cache-control']),
  };
  if (etag !== undefined) picked.ETag = etag;
  if (lastModified !== undefined && isHttpDate(lastModified)) {
    picked['Last-Modified'] = lastModified;
  }
  return picked;
}

/**
 * Only the form that HTTP still sends; two older ones are obsolete.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function isHttpDate(value: string): boolean {
  return value.length === 29 && new Date(value).toUTCString() === value;
}
