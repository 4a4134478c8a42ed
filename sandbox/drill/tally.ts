import { plainTable } from '../../cli/format';
import type { CallEvent, CallSummary } from '../../phone';
import { type Sound, type Source, soundOf, waitOf } from './steps';

/** What calls may meet in a phase. */
export interface PhaseRules {
  readonly name: string;
  /** Whether calls that begin in it must not need the proxy. */
  readonly avoidsProxy?: true;
  /** Whether calls in progress may lose Assets whose URLs they were given. */
  readonly losesAssets?: true;
}

/** What happened to callers in a phase. */
export interface Row {
  readonly phase: PhaseRules;
  /** Calls that began in it. */
  calls: number;
  readonly heard: Record<Source, number>;
  /** Prompts by the proxy, in calls that began in the phase. */
  newByProxy: number;
  /** Assets that calls in progress lost where the phase may lose them. */
  lost: number;
  /** Why a caller heard nothing. */
  readonly failures: string[];
  /** From something heard, or the begin of the call, to the next. */
  longestWaitMs: number;
}

/** Notes what one caller meets. */
export interface CallNotes {
  event(event: CallEvent): void;
  end(summary: CallSummary): void;
  fail(reason: string): void;
}

/** Counts what callers hear, each step in the phase in which it happens. */
export interface Tally {
  readonly rows: readonly Row[];
  beginPhase(phase: PhaseRules): void;
  beginCall(): CallNotes;
}

export function createTally(): Tally {
  const rows: Row[] = [];
  const current = () => {
    const row = rows.at(-1);
    if (row === undefined) throw new Error('no phase has begun');
    return row;
  };
  return {
    rows,
    beginPhase(phase) {
      rows.push(emptyRow(phase));
    },
    beginCall() {
      const begun = current();
      begun.calls += 1;
      let waitedMs = 0;
      // A webhook that was answered, and after which nothing was heard yet.
      let quietSince: string | undefined;
      const fail = (reason: string) => {
        current().failures.push(reason);
      };
      const refuseQuiet = () => {
        if (quietSince !== undefined) fail(`nothing to hear came from ${quietSince}`);
        quietSince = undefined;
      };
      return {
        event(event) {
          const row = current();
          waitedMs += waitOf(event);
          row.longestWaitMs = Math.max(row.longestWaitMs, waitedMs);
          if (event.kind === 'webhook') {
            refuseQuiet();
            if (event.errorCode === undefined) quietSince = new URL(event.url).pathname;
          }
          const sound = soundOf(event);
          if (sound === undefined) return;
          quietSince = undefined;
          note(row, sound, row === begun);
          if ('source' in sound) waitedMs = 0;
        },
        end({ ended, errorCode }) {
          refuseQuiet();
          if (ended === 'application error') fail(`the call ended by an error, ${errorCode}`);
        },
        fail,
      };
    },
  };
}

function emptyRow(phase: PhaseRules): Row {
  const heard = { Asset: 0, proxy: 0, words: 0 };
  return { phase, calls: 0, heard, newByProxy: 0, lost: 0, failures: [], longestWaitMs: 0 };
}

function note(row: Row, sound: Sound, isNewCall: boolean): void {
  if ('source' in sound) {
    row.heard[sound.source] += 1;
    if (sound.source === 'proxy' && isNewCall) row.newByProxy += 1;
  } else if (sound.lostAsset && row.phase.losesAssets) {
    row.lost += 1;
  } else {
    row.failures.push(sound.silence);
  }
}

/**
 * What must not have happened, a sentence each.
 *
 * @param maxWaitMs the longest time in which a caller may hear nothing
 */
export function problemsOf(rows: readonly Row[], maxWaitMs: number): string[] {
  return rows.flatMap(({ phase, failures, newByProxy, longestWaitMs, calls }) => {
    const found = [...new Set(failures)].map((reason) => `silence: ${reason}`);
    if (calls === 0) found.push('no call began');
    if (phase.avoidsProxy && newByProxy > 0) {
      found.push(`${newByProxy} prompts of new calls came by the proxy`);
    }
    if (longestWaitMs > maxWaitMs) {
      found.push(`a caller waited ${Math.round(longestWaitMs)} ms; ${maxWaitMs} is the most`);
    }
    return found.map((problem) => `${phase.name}: ${problem}`);
  });
}

/** A line for each phase. */
export function tallyTable(rows: readonly Row[]): string {
  const table = plainTable(
    ['phase', 'calls', 'Asset', 'proxy', 'words', 'lost', 'failed', 'longest wait'],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
  for (const { phase, calls, heard, lost, failures, longestWaitMs } of rows) {
    const { Asset, proxy, words } = heard;
    const wait = `${(longestWaitMs / 1000).toFixed(1)} s`;
    table.push([phase.name, calls, Asset, proxy, words, lost, failures.length, wait]);
  }
  return `${table}`;
}
