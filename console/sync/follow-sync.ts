import { REMOTE_ATTEMPTS } from '../../src/limits';
import type { SyncResponse } from '../../src/status/response';
import type { SyncOutcome } from '../api';

/** How far a sync is that goes on. */
export interface SyncProgress {
  /** Prompts that are uploaded, by this sync or by another one at the same time. */
  readonly uploaded: number;
  /** Still to upload. */
  readonly remaining: number;
  /** What the next step waits for; undefined while a step runs. */
  readonly waitsFor?: NonNullable<SyncResponse['reason']> | 'another attempt';
}

/** How a sync ended. */
export type SyncEnding =
  /** `uploaded` is that of all steps; `buildSid` that of any. */
  | { readonly type: 'done'; readonly report: SyncResponse }
  | { readonly type: 'guarded'; readonly sentence: string; readonly uploaded: number }
  | { readonly type: 'unauthorized' }
  /** Nobody wants it to go on. */
  | { readonly type: 'stopped'; readonly uploaded: number }
  | { readonly type: 'failed'; readonly sentence: string; readonly uploaded: number };

interface FollowOptions {
  /** Calls /sync once. */
  readonly step: () => Promise<SyncOutcome>;
  /** Ends early, without an error, when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly onProgress: (progress: SyncProgress) => void;
  /** Ends it: nothing is requested any more. */
  readonly signal: AbortSignal;
  /** As many prompts are to be uploaded, before a step says so. */
  readonly expected: number;
}

/** Before the second attempt; before each further one twice as long. */
const FIRST_RETRY_MS = 1000;

/**
 * Calls /sync, one step after the other, until Assets equal S3. Each step reads both sides afresh: one
 * whose answer got lost is asked for again, and whatever ends this leaves nothing half done.
 */
export async function followSync(options: FollowOptions): Promise<SyncEnding> {
  const { step, sleep, onProgress, signal, expected } = options;
  let uploaded = 0;
  let remaining = expected;
  let total = expected;
  let failures = 0;
  let buildSid: string | undefined;
  const wait = async (waitsFor: SyncProgress['waitsFor'], milliseconds: number) => {
    onProgress({ uploaded: total - remaining, remaining, waitsFor });
    await sleep(milliseconds, signal);
  };
  while (!signal.aborted) {
    onProgress({ uploaded: total - remaining, remaining });
    const outcome = await step();
    if (signal.aborted) break;
    switch (outcome.type) {
      case 'unauthorized':
        return outcome;
      case 'guarded':
        return { ...outcome, uploaded };
      case 'failed':
        failures += 1;
        if (!outcome.isPassing || failures === REMOTE_ATTEMPTS) {
          return { type: 'failed', sentence: outcome.sentence, uploaded };
        }
        await wait('another attempt', FIRST_RETRY_MS * 2 ** (failures - 1));
        break;
      case 'pending':
        failures = 0;
        uploaded += outcome.report.uploaded;
        remaining = outcome.report.remaining;
        total = Math.max(total, uploaded + remaining);
        buildSid = outcome.report.buildSid ?? buildSid;
        await wait(outcome.report.reason, outcome.waitMs);
        break;
      case 'done':
        return {
          type: 'done',
          report: { buildSid, ...outcome.report, uploaded: uploaded + outcome.report.uploaded },
        };
    }
  }
  return { type: 'stopped', uploaded };
}

/** By a timer of the browser, which also runs, later, while the page is hidden. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
