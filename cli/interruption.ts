/** What ends a command from outside: Ctrl-C, a request to end, a terminal that is closed. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves with the first signal that asks this process to end. From now on none of them ends it:
 * that is left to the caller, who may have to clean up. A Ctrl-C comes twice, from the terminal and
 * from npm, so that a second one must not cut that short.
 */
export function interruption(): Promise<StopSignal> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve(signal));
  });
}
