import { setTimeout as wait } from 'node:timers/promises';
import type { CallEvent, CallSummary } from '../../phone';
import { messageOf } from '../../src/errors';
import { soundOf } from './steps';
import type { CallNotes } from './tally';

/** What a caller presses, question by question, and whether time passes in between. */
export interface Caller {
  readonly digits: readonly string[];
  readonly isSlow?: true;
}

/** Callers of the sample flow, in turn. Each reaches another menu, or hears several prompts. */
const CALLERS: readonly Caller[] = [
  { digits: ['1', '9'] },
  { digits: ['8', '2'] },
  { digits: ['2', '3'] },
  { digits: ['8', '1', '9', '0'] },
  { digits: ['1', '8', '1', '9', '2'], isSlow: true },
];

/** What a slow caller takes to hear something, and to press a key. */
const LISTENING_MS = 800;
const ANSWERING_MS = 2000;

/** Beyond these, a call waits until another one ends: the machine is not fast enough. */
const CALLS_AT_ONCE = 80;

export interface Callers {
  /** Calls that have begun. */
  count(): number;
  /** Makes no further call. */
  stop(): void;
  /** Waits until all calls have ended. */
  ended(): Promise<unknown>;
}

/**
 * Makes calls until it is stopped.
 *
 * @param everyMs from one call to the next
 * @param dial begins a call
 * @param beginCall takes notes of a call
 */
export function startCallers(
  everyMs: number,
  dial: (digits: readonly string[]) => AsyncGenerator<CallEvent, CallSummary>,
  beginCall: () => CallNotes,
): Callers {
  const calls = new Set<Promise<void>>();
  let made = 0;
  const timer = setInterval(() => {
    const caller = CALLERS[made % CALLERS.length];
    if (caller === undefined || calls.size >= CALLS_AT_ONCE) return;
    made += 1;
    const call = listen(dial(caller.digits), caller, beginCall());
    calls.add(call);
    call.finally(() => calls.delete(call));
  }, everyMs);
  return {
    count: () => made,
    stop: () => clearInterval(timer),
    ended: () => Promise.all(calls),
  };
}

async function listen(
  call: AsyncGenerator<CallEvent, CallSummary>,
  caller: Caller,
  notes: CallNotes,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await call.next();
      if (done) return notes.end(value);
      notes.event(value);
      if (caller.isSlow) await wait(durationOf(value));
    }
  } catch (thrown) {
    notes.fail(messageOf(thrown));
  }
}

function durationOf(event: CallEvent): number {
  if (event.kind === 'verb' && event.digits !== undefined) return ANSWERING_MS;
  return soundOf(event) ? LISTENING_MS : 0;
}
