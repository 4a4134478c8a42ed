import type { Clock } from '../clock';
import { messageOf } from '../errors';
import { log } from '../log';
import type { TemporaryCredentials } from './source';

/** Milliseconds before they expire at which credentials are asked for again. */
const EARLY = 5 * 60_000;

/** Milliseconds for which a failed refresh is not repeated, while the old credentials are valid. */
const PAUSE = 30_000;

/**
 * Keeps temporary credentials: asks for them when they are first needed and again before they
 * expire. One request at a time serves all who wait. A failed refresh keeps valid credentials.
 *
 * @returns a function that rejects with what `fetch` threw when there are no valid credentials
 */
export function refreshing(
  fetch: () => Promise<TemporaryCredentials>,
  clock: Clock,
): () => Promise<TemporaryCredentials> {
  let known: TemporaryCredentials | undefined;
  let pausedUntil = 0;
  let pending: Promise<TemporaryCredentials> | undefined;

  const lasts = (milliseconds: number) =>
    known !== undefined && known.expiration.getTime() - clock.now().getTime() > milliseconds;

  const refresh = async (): Promise<TemporaryCredentials> => {
    try {
      known = await fetch();
    } catch (thrown) {
      if (known === undefined || !lasts(0)) throw thrown;
      pausedUntil = clock.now().getTime() + PAUSE;
      log('warn', { event: 'credentials not refreshed', message: messageOf(thrown) });
    } finally {
      pending = undefined;
    }
    return known;
  };

  return async () => {
    const paused = clock.now().getTime() < pausedUntil;
    if (known !== undefined && lasts(paused ? 0 : EARLY)) return known;
    pending ??= refresh();
    return pending;
  };
}
