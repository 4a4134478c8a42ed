import type { IncomingHttpHeaders } from 'node:http';
import { PlayError } from '../errors';
import { CACHE_SECONDS } from '../limits';
import { playableType } from '../media-types';
import type { ObjectResponse } from '../s3/request';

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

/** The headers that tell Twilio's cache how long to keep an object, and how to revalidate it. */
export interface CacheHeaders {
  readonly 'Cache-Control': string;
  readonly ETag?: string;
  readonly 'Last-Modified'?: string;
}

/** Neither Content-Type nor file ending is one that Twilio plays. */
export class UnplayableTypeError extends PlayError {}

/** @throws {UnplayableTypeError} */
export function audioOf(key: string, { headers, body }: ObjectResponse): Audio {
  return { body, headers: audioHeadersOf(key, headers), cacheControl: headers['cache-control'] };
}

/** A cached object after S3 called it current; its Cache-Control may have changed. */
export function revalidatedAudio(audio: Audio, { headers }: ObjectResponse): Audio {
  const cacheControl = headers['cache-control'];
  return cacheControl === undefined
    ? audio
    : { ...audio, cacheControl, headers: { ...audio.headers, 'Cache-Control': cacheControl } };
}

/**
 * The response headers that are passed on. AWS's own are not.
 *
 * @throws {UnplayableTypeError}
 */
export function audioHeadersOf(key: string, headers: IncomingHttpHeaders): AudioHeaders {
  const { 'content-type': contentType, 'content-encoding': encoding } = headers;
  const type = playableType(contentType, key);
  if (type === undefined) {
    throw new UnplayableTypeError(
      `S3 says that it is ${contentType ?? 'of no type'}, which Twilio does not play: store it with a Content-Type such as audio/mpeg.`,
    );
  }
  return {
    ...cacheHeadersOf(headers),
    'Content-Type': type,
    ...(encoding !== undefined && { 'Content-Encoding': encoding }),
  };
}

/** Picks them from S3's response. An object without Cache-Control gets one. */
export function cacheHeadersOf(headers: IncomingHttpHeaders): CacheHeaders {
  return {
    'Cache-Control': headers['cache-control'] ?? `max-age=${CACHE_SECONDS}`,
    ...(headers.etag !== undefined && { ETag: headers.etag }),
    ...(headers['last-modified'] !== undefined && { 'Last-Modified': headers['last-modified'] }),
  };
}
