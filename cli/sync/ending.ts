import { constants } from 'node:os';
import { ConfigError, detailsOf } from '../../src/errors';
import { GuardError, type SyncOutcome } from '../../src/sync';
import type { StopSignal } from '../interruption';

/** How the command ended: the last line of --json, and the exit code. */
export type Ending =
  | SyncOutcome
  | { readonly status: 'failed' | 'misconfigured' | 'guarded'; readonly message: string }
  | { readonly status: 'interrupted'; readonly signal: StopSignal };

const EXIT_CODES = { done: 0, failed: 1, misconfigured: 2, guarded: 3, pending: 4 } as const;

/** The process's exit code; the command's help has the list. */
export function exitCodeOf(ending: Ending): number {
  if (ending.status !== 'interrupted') return EXIT_CODES[ending.status];
  return exitCodeAfter(ending.signal);
}

/** As a shell has it: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html */
export function exitCodeAfter(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/** What an exception ends the command with. */
export function endingOf(thrown: unknown): Ending {
  const message = detailsOf(thrown);
  if (thrown instanceof GuardError) return { status: 'guarded', message };
  if (thrown instanceof ConfigError) return { status: 'misconfigured', message };
  return { status: 'failed', message };
}
