import { REPORT_BYTES } from '../limits';
import type { Reason } from './selection';
import type { Wait } from './waits';

/** An object of the bucket, or a key that the call flow names, that is not an Asset. */
export interface SkippedPrompt {
  readonly key: string;
  readonly reason: Reason;
  /** Whether the proxy cannot carry it either: its text is said. */
  readonly unplayable: boolean;
  /** Of an unreadable one: what S3 answered. */
  readonly detail?: string;
  /** Of a key that S3 lacks: the one that was most likely meant. */
  readonly suggestion?: string;
}

/** What a run did, so far or in all. */
export interface SyncReport {
  /** Prompts that are Assets when the run is done. */
  readonly prompts: number;
  readonly uploaded: number;
  /** Still to upload. */
  readonly remaining: number;
  /** Paths that no prompt uses any more, kept for calls in progress. */
  readonly retained: number;
  readonly skipped: readonly SkippedPrompt[];
  /** Of all that are skipped; where `skipped` holds the first of each only. */
  readonly skippedCounts?: readonly SkippedCount[];
  /** The Build that this run made live; undefined when it made none. */
  readonly buildSid?: string;
  /** What the live Build does not have, so that no call is answered. */
  readonly lacks?: Lack;
}

/** How many keys are skipped for one reason. */
export interface SkippedCount extends Pick<SkippedPrompt, 'reason' | 'unplayable'> {
  readonly count: number;
}

/** No Function at all, as after a deploy of a folder that was not built; or a call flow without /voice. */
export const LACKS = ['Functions', '/voice'] as const;
export type Lack = (typeof LACKS)[number];

/** The skipped keys by reason, in the order in which the reasons come. */
export function groupSkipped(skipped: readonly SkippedPrompt[]): readonly SkippedPrompt[][] {
  const groups = new Map<string, SkippedPrompt[]>();
  for (const prompt of skipped) {
    const name = `${prompt.reason} ${prompt.unplayable}`;
    const group = groups.get(name);
    if (group) group.push(prompt);
    else groups.set(name, [prompt]);
  }
  return [...groups.values()];
}

/** The report with the counts of all skipped keys, and as many of each reason as there is room for. */
export function shortReport(report: SyncReport): SyncReport {
  const groups = groupSkipped(report.skipped);
  const roomBytes = REPORT_BYTES / Math.max(1, groups.length);
  const first = groups.map((prompts) => {
    let bytes = 0;
    const end = prompts.findIndex((prompt) => {
      bytes += Buffer.byteLength(JSON.stringify(prompt)) + 1;
      return bytes > roomBytes;
    });
    return end === -1 ? prompts : prompts.slice(0, end);
  });
  const skippedCounts = groups.flatMap((prompts) => {
    const { reason, unplayable } = prompts[0] ?? {};
    if (reason === undefined || unplayable === undefined) return [];
    return [{ reason, unplayable, count: prompts.length }];
  });
  return { ...report, skipped: first.flat(), skippedCounts };
}

export const NOTHING_DONE: SyncReport = {
  prompts: 0,
  uploaded: 0,
  remaining: 0,
  retained: 0,
  skipped: [],
};

/** The step has done its work. */
export interface Done<T> {
  readonly status: 'done';
  readonly value: T;
}

/** What the plan was made from has changed: observe and plan again. */
export interface Again {
  readonly status: 'again';
}

/** The run must be called again later. */
export interface Pending {
  readonly status: 'pending';
  readonly reason: Wait;
  /** Milliseconds. */
  readonly retryAfter: number;
}

/** How a step of a run ended. Errors are thrown: a guard, a refusal of S3 or Twilio, a failed Build. */
export type Outcome<T> = Done<T> | Again | Pending;

/** How a run ended. */
export type SyncOutcome =
  | { readonly status: 'done'; readonly report: SyncReport }
  | (Pending & { readonly report: SyncReport });

export function done<T>(value: T): Done<T> {
  return { status: 'done', value };
}

export function again(): Again {
  return { status: 'again' };
}

export function pending(reason: Wait, retryAfter: number): Pending {
  return { status: 'pending', reason, retryAfter };
}

/** What happens in a run, as it happens. */
export type SyncEvent =
  | {
      readonly type: 'planned';
      readonly keep: number;
      readonly upload: number;
      /** Bytes to upload. */
      readonly bytes: number;
      readonly retain: number;
      readonly retire: number;
      readonly skip: number;
      /** Whether a new Build is to be made. */
      readonly build: boolean;
    }
  /** A deploy took prompts out of the live Build; this run brings them back. */
  | {
      readonly type: 'not live';
      /** Of the prompts that are uploaded, those that are live. */
      readonly live: number;
      readonly prompts: number;
      /** The live Build. */
      readonly buildSid: string;
      /** When it became live. */
      readonly since?: Date;
    }
  /** What a dry run would do. */
  | {
      readonly type: 'intended';
      readonly step: 'upload' | 'retain' | 'retire';
      /** The key of an object to upload, otherwise the path of an Asset. */
      readonly what: string;
    }
  | {
      readonly type: 'uploaded';
      readonly key: string;
      readonly path: string;
      readonly bytes: number;
    }
  /** An earlier run has uploaded it, and it is in no Build yet. */
  | { readonly type: 'found'; readonly key: string; readonly path: string; readonly bytes: number }
  | {
      readonly type: 'refused';
      readonly key: string;
      readonly bytes: number;
      readonly reason: Reason;
      /** Of an unreadable object: what S3 answered. */
      readonly detail?: string;
    }
  | { readonly type: 'waiting'; readonly for: 'quiet' | 'build'; readonly milliseconds: number }
  | { readonly type: 'building'; readonly buildSid: string; readonly adopted: boolean }
  /** The Build becomes live, unless another one was made live meanwhile. */
  | { readonly type: 'activating'; readonly buildSid: string }
  | { readonly type: 'activated'; readonly buildSid: string }
  /** Another Build became live meanwhile: the run plans again. */
  | { readonly type: 'moved' }
  /** Somebody made other code live in the same moment as a deploy. */
  | { readonly type: 'contended'; readonly buildSid: string }
  | { readonly type: 'cleaned'; readonly assets: number }
  /** Old Assets are left; what callers hear is right. */
  | { readonly type: 'not cleaned'; readonly message: string }
  /** One slice of a sync by a deployment, which has more to do. */
  | {
      readonly type: 'step';
      /** Of all slices until now. */
      readonly report: SyncReport;
      readonly reason: Wait;
      /** Milliseconds. */
      readonly retryAfter: number;
    };
