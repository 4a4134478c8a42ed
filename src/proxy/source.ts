import type { Clock } from '../clock';
import type { FunctionResponse } from '../runtime';
import type { HttpResponse } from '../s3/request';
import { answerFrom, passOn } from './answers';
import { audioOf, confirmed } from './audio';
import type { AudioCache, Kept } from './cache';
import { adviceOn, isPassing } from './failure';
import type { Trace } from './trace';
import { requestHeaders, type Wanted } from './wanted';

/** Where one object comes from. */
export interface Source {
  readonly key: string;
  /** What names the object in the cache. */
  readonly id: string;
  readonly cache: AudioCache;
  readonly clock: Clock;
  /** Milliseconds in which S3 must begin to answer while there is something in memory to serve. */
  readonly confirmation: number;
  /**
   * Asks S3 for the object, within what is left of the request's time.
   *
   * @param headWithin milliseconds in which it must begin to answer
   */
  ask(headers: Readonly<Record<string, string>>, headWithin?: number): Promise<HttpResponse>;
}

/**
 * Answers from memory, from memory once S3 has confirmed it, or from S3.
 *
 * | in memory                  | S3 says           | answer                    |
 * |----------------------------|-------------------|---------------------------|
 * | fresh                      | is not asked      | from memory               |
 * | stale                      | unchanged         | from memory, fresh again  |
 * | stale                      | another object    | that, kept                |
 * | stale                      | nothing, or later | from memory for an hour   |
 * | stale                      | anything else     | the failure; forgotten    |
 * | nothing                    | the whole object  | that, kept                |
 * | nothing                    | a part, unchanged | as S3 answered            |
 *
 * @throws what `source.ask` throws
 * @throws {UnplayableTypeError}
 */
export async function answerOf(
  wanted: Wanted,
  source: Source,
  trace: Trace,
): Promise<FunctionResponse> {
  const { key, id, cache, clock, ask } = source;
  const kept = cache.find(id, clock.now());
  if (kept?.fresh) {
    trace.cache = 'fresh';
    return answerFrom(kept.audio, wanted, kept.age);
  }
  if (kept) return answerConfirmed(kept, wanted, source, trace);
  const answer = await ask(requestHeaders(wanted));
  if (answer.status !== 200) return passOn(key, answer);
  const audio = audioOf(key, answer);
  cache.keep(id, audio, clock.now());
  return answerFrom(audio, wanted, 0);
}

async function answerConfirmed(
  { audio, age, servable }: Kept,
  wanted: Wanted,
  { key, id, cache, clock, confirmation, ask }: Source,
  trace: Trace,
): Promise<FunctionResponse> {
  const { ETag: etag } = audio.headers;
  const condition: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
  try {
    const answer = await ask(condition, servable ? confirmation : undefined);
    const current = answer.status === 304 ? confirmed(audio, answer) : audioOf(key, answer);
    trace.cache = answer.status === 304 ? 'confirmed' : 'replaced';
    cache.keep(id, current, clock.now());
    return answerFrom(current, wanted, 0);
  } catch (thrown) {
    if (!isPassing(thrown)) cache.drop(id);
    if (!isPassing(thrown) || !servable) throw thrown;
    cache.postpone(id, clock.now());
    trace.cache = 'stale';
    trace.message = adviceOn(thrown);
    return answerFrom(audio, wanted, age);
  }
}
