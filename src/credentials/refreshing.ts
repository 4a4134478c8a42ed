import type { Clock } from '../clock';
import { messageOf } from '../errors';
import {
  CREDENTIALS_REFRESH_BEFORE_MS,
  CREDENTIALS_REFRESH_PAUSE_MS,
  CREDENTIALS_REFRESH_WAIT_MS,
} from '../limits';
import { log } from '../log';
import type { TemporaryCredentials } from './credentials';

/**
 * Keeps temporary credentials: fetches them when they are first needed, and again before they expire.
 * Concurrent callers share one request. A refresh that fails, or takes long, leaves the old
 * credentials in use while they are valid; callers wait for it a little, because Twilio may drop work
 * that goes on after a Function's response.
 *
 * @param fetch settles in a bounded time
 * @returns a function that rejects with what `fetch` threw when there are no valid credentials
 */
export function refreshing(
  fetch: () => Promise<TemporaryCredentials>,
  clock: Clock,
  { waitMs = CREDENTIALS_REFRESH_WAIT_MS } = {},
): () => Promise<TemporaryCredentials> {
  let current: TemporaryCredentials | undefined;
  let pausedUntil = 0;
  let pending: Promise<TemporaryCredentials> | undefined;

  const isValidFor = (ms: number) =>
    current !== undefined && current.expiration.getTime() - clock.now().getTime() > ms;

  const refresh = async (): Promise<TemporaryCredentials> => {
    try {
      current = await fetch();
      return current;
    } finally {
      pending = undefined;
    }
  };

  const pause = (thrown: unknown) => {
    const now = clock.now().getTime();
    if (now < pausedUntil) return;
    pausedUntil = now + CREDENTIALS_REFRESH_PAUSE_MS;
    log('warn', 'credentials-not-refreshed', { message: messageOf(thrown) });
  };

  return async () => {
    const isPaused = clock.now().getTime() < pausedUntil;
    if (current !== undefined && isValidFor(isPaused ? 0 : CREDENTIALS_REFRESH_BEFORE_MS)) {
      return current;
    }
    pending ??= refresh();
    // Credentials that expire during the wait are of no use after it.
    if (current === undefined || !isValidFor(waitMs)) return pending;
    const timeoutError = () => new Error(`they had not come after ${waitMs} ms`);
    try {
      return await withTimeout(pending, waitMs, timeoutError);
    } catch (thrown) {
      pause(thrown);
      return current;
    }
  };
}

/**
 * Waits for a promise, but not longer than `timeoutMs`.
 *
 * @throws what the promise rejects with, or what `timeoutError` makes
 */
export async function withTimeout<T>(
  promise: Promise<T>,
  timeoutMs: number,
  timeoutError: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutError()), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
