import type { Clock } from './clock';
import { PlayError } from './errors';
import { BACKOFF_MS, MAX_BACKOFF_MS } from './limits';

/** The deadline passed before an attempt was made. */
export class OutOfTimeError extends PlayError {
  constructor() {
    super('The time for this step is over.');
  }
}

export interface RetryOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
  /** The most attempts, the first included. */
  readonly attempts: number;
}

/** Whether another attempt may help, and after which time at the earliest. */
export type Verdict =
  | { readonly retry: false }
  | { readonly retry: true; readonly afterMs?: number };

/**
 * Makes attempts until one succeeds, `judge` says that another cannot help, or time is up. Waits in
 * between with capped exponential backoff and full jitter, or longer where the verdict says so:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @throws {OutOfTimeError} when the deadline has passed before the first attempt
 * @throws what the last attempt threw
 */
export async function withRetry<T>(
  { clock, deadline, attempts }: RetryOptions,
  judge: (thrown: unknown) => Verdict,
  attempt: () => Promise<T>,
): Promise<T> {
  if (clock.now().getTime() >= deadline) throw new OutOfTimeError();
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (thrown) {
      const verdict = judge(thrown);
      if (!verdict.retry || made >= attempts) throw thrown;
      const backoffMs = clock.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (made - 1));
      const waitMs = Math.max(backoffMs, verdict.afterMs ?? 0);
      if (clock.now().getTime() + waitMs >= deadline) throw thrown;
      await clock.sleep(waitMs);
    }
  }
}

const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Whether another attempt may bring another status. */
export function isTransientStatus(status: number): boolean {
  return TRANSIENT_STATUSES.has(status);
}

/**
 * Reads a Retry-After header, which holds seconds or a date:
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
