import type { Clock } from './clock';
import { PlayError } from './errors';
import { BACKOFF_MS, MAX_BACKOFF_MS } from './limits';

/** The time that was given is over, before a request was begun. */
export class OutOfTimeError extends PlayError {
  constructor() {
    super('The time for this step is over.');
  }
}

export interface RetryOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which nothing is tried. */
  readonly deadline: number;
  /** How often in all. */
  readonly attempts: number;
}

/** Whether trying again may help, and the least time to wait, in milliseconds. */
export type Verdict = { readonly retry: false } | { readonly retry: true; readonly after?: number };

/**
 * Tries until it succeeds, `judge` says that trying again cannot help, or time is up. Waits with
 * capped exponential backoff and full jitter, or longer where the other side asked for it:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @throws {OutOfTimeError} when the deadline has passed before the first try
 * @throws what the last try threw
 */
export async function withRetry<T>(
  { clock, deadline, attempts }: RetryOptions,
  judge: (thrown: unknown) => Verdict,
  run: () => Promise<T>,
): Promise<T> {
  if (clock.now().getTime() >= deadline) throw new OutOfTimeError();
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (thrown) {
      const verdict = judge(thrown);
      if (!verdict.retry || attempt >= attempts) throw thrown;
      const backoff = clock.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (attempt - 1));
      const wait = Math.max(backoff, verdict.after ?? 0);
      if (clock.now().getTime() + wait >= deadline) throw thrown;
      await clock.sleep(wait);
    }
  }
}

/** Statuses that another try may change. */
const PASSING_STATUSES = new Set([429, 500, 502, 503, 504]);

export function isPassingStatus(status: number): boolean {
  return PASSING_STATUSES.has(status);
}

/**
 * Milliseconds of a Retry-After header, in seconds or as a date:
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
