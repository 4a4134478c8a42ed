import type { Clock } from '../clock';
import {
  DEBOUNCE_JITTER_MS,
  LISTING_CLOCK_SKEW_MS,
  LONGEST_DEBOUNCE_MS,
  SLICE_WORK_MS,
} from '../limits';
import type { PromptObject } from '../s3/prompts';
import { again, done, type Outcome, pending, type SyncEvent } from './outcome';

export interface DebounceOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which the run waits for nothing. */
  readonly deadline: number;
  /** How long the bucket must not have changed. */
  readonly debounceMs: number;
}

/**
 * Waits until a burst of uploads may be over, so that it ends in one Build instead of many.
 *
 * @param changes objects that are to be uploaded
 */
export async function* debounce(
  changes: readonly PromptObject[],
  { clock, deadline, debounceMs }: DebounceOptions,
): AsyncGenerator<SyncEvent, Outcome<void>> {
  const quietInMs = msUntilQuiet(changes, debounceMs, clock.now());
  if (quietInMs === 0) return done(undefined);
  // Without jitter, runs that one burst started would go on in the same moment.
  const milliseconds = quietInMs + clock.random() * DEBOUNCE_JITTER_MS;
  yield { type: 'waiting', for: 'quiet', milliseconds };
  const quietAt = clock.now().getTime() + milliseconds;
  if (quietAt + SLICE_WORK_MS >= deadline) return pending('quiet', milliseconds);
  await clock.sleep(milliseconds);
  return again();
}

/**
 * Milliseconds until nothing has changed for `debounceMs`. Zero once quiet, or when the oldest change
 * has waited for LONGEST_DEBOUNCE_MS.
 */
export function msUntilQuiet(
  changes: readonly PromptObject[],
  debounceMs: number,
  now: Date,
): number {
  if (changes.length === 0) return 0;
  const ages = changes.map(({ lastModified }) => now.getTime() - lastModified.getTime());
  const newest = Math.min(...ages);
  const oldest = Math.max(...ages);
  if (newest < -LISTING_CLOCK_SKEW_MS || newest >= debounceMs || oldest >= LONGEST_DEBOUNCE_MS) {
    return 0;
  }
  return Math.min(debounceMs, debounceMs - newest);
}
