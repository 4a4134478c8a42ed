import type { IncomingHttpHeaders } from 'node:http';
import { PlayError } from '../errors';
import type { HttpResponse } from '../s3/request';
import { playableType } from './media-type';

/** An object as it is served: its bytes, and the headers that they are sent with. */
export interface Audio {
  readonly body: Buffer;
  readonly headers: AudioHeaders;
  /** The object's own. */
  readonly cacheControl: string | undefined;
}

/** What a cache keeps an object by. */
export interface Validators {
  readonly 'Cache-Control': string;
  readonly ETag?: string;
  readonly 'Last-Modified'?: string;
}

export interface AudioHeaders extends Validators {
  readonly 'Content-Type': string;
  readonly 'Content-Encoding'?: string;
}

/** Neither S3 nor the key's ending calls it anything that Twilio plays. */
export class UnplayableTypeError extends PlayError {}

/** Lets Twilio's cache answer for a minute, and then ask whether the ETag is still right. */
const CACHE_CONTROL = 'max-age=60';

/** The validators of an answer of S3's, with a Cache-Control where the object has none. */
export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  return {
    'Cache-Control': headers['cache-control'] ?? CACHE_CONTROL,
    ...(headers.etag !== undefined && { ETag: headers.etag }),
    ...(headers['last-modified'] !== undefined && { 'Last-Modified': headers['last-modified'] }),
  };
}

/**
 * The headers of S3's that are passed on. Those of AWS's own making are not.
 *
 * @throws {UnplayableTypeError}
 */
export function audioHeadersOf(key: string, headers: IncomingHttpHeaders): AudioHeaders {
  const { 'content-type': given, 'content-encoding': encoding } = headers;
  const type = playableType(given, key);
  if (type === undefined) {
    throw new UnplayableTypeError(
      `S3 says that it is ${given ?? 'of no type'}, which Twilio does not play: store it with a Content-Type such as audio/mpeg.`,
    );
  }
  return {
    ...validatorsOf(headers),
    'Content-Type': type,
    ...(encoding !== undefined && { 'Content-Encoding': encoding }),
  };
}

/** @throws {UnplayableTypeError} */
export function audioOf(key: string, { headers, body }: HttpResponse): Audio {
  const cacheControl = headers['cache-control'];
  return { body, headers: audioHeadersOf(key, headers), cacheControl };
}

/** The object after S3 has said that it is unchanged; what was set on it since comes along. */
export function confirmed(audio: Audio, { headers }: HttpResponse): Audio {
  const cacheControl = headers['cache-control'];
  return cacheControl === undefined
    ? audio
    : { ...audio, cacheControl, headers: { ...audio.headers, 'Cache-Control': cacheControl } };
}
