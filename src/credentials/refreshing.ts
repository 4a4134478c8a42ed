import type { Clock } from '../clock';
import { messageOf } from '../errors';
import { log } from '../runtime';
import { inTime } from './in-time';
import type { TemporaryCredentials } from './source';

/** Milliseconds before they expire at which credentials are asked for again. */
const EARLY = 5 * 60_000;

/** Milliseconds for which a failed or slow refresh is not waited for, while the old ones are valid. */
const PAUSE = 30_000;

/** Milliseconds that a caller waits for a refresh while the old credentials are valid. */
const WAIT = 1000;

/**
 * Keeps temporary credentials: asks for them when they are first needed and again before they
 * expire. One request at a time serves all who wait. A refresh that fails, or takes long, keeps
 * valid credentials; it is waited for at all because work after a Function's answer may be lost.
 *
 * @param fetch settles in a bounded time
 * @param wait milliseconds
 * @returns a function that rejects with what `fetch` threw when there are no valid credentials
 */
export function refreshing(
  fetch: () => Promise<TemporaryCredentials>,
  clock: Clock,
  { wait = WAIT } = {},
): () => Promise<TemporaryCredentials> {
  let known: TemporaryCredentials | undefined;
  let pausedUntil = 0;
  let pending: Promise<TemporaryCredentials> | undefined;

  const lasts = (milliseconds: number) =>
    known !== undefined && known.expiration.getTime() - clock.now().getTime() > milliseconds;

  const refresh = async (): Promise<TemporaryCredentials> => {
    try {
      known = await fetch();
      return known;
    } finally {
      pending = undefined;
    }
  };

  const pause = (thrown: unknown) => {
    const now = clock.now().getTime();
    if (now < pausedUntil) return;
    pausedUntil = now + PAUSE;
    log('warn', { event: 'credentials not refreshed', message: messageOf(thrown) });
  };

  return async () => {
    const paused = clock.now().getTime() < pausedUntil;
    if (known !== undefined && lasts(paused ? 0 : EARLY)) return known;
    pending ??= refresh();
    // What expires during the wait is of no use after it.
    if (known === undefined || !lasts(wait)) return pending;
    try {
      return await inTime(pending, wait, () => new Error(`they had not come after ${wait} ms`));
    } catch (thrown) {
      pause(thrown);
      return known;
    }
  };
}
