import type { Reason } from './refusal';

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
  /** What a dry run leaves undone, prompt by prompt. */
  | {
      readonly type: 'intended';
      readonly step: 'upload' | 'retain' | 'retire';
      /** The key of what is to be uploaded, otherwise the Asset's path. */
      readonly what: string;
    }
  | {
      readonly type: 'uploaded';
      readonly key: string;
      readonly path: string;
      readonly bytes: number;
    }
  /** Uploaded by an earlier run, and in no Build yet. */
  | { readonly type: 'found'; readonly key: string; readonly path: string; readonly bytes: number }
  | {
      readonly type: 'refused';
      readonly key: string;
      readonly bytes: number;
      readonly reason: Reason;
    }
  /** Milliseconds until the bucket may be quiet, or somebody's Build has ended. */
  | { readonly type: 'waiting'; readonly for: 'quiet' | 'build'; readonly milliseconds: number }
  | { readonly type: 'building'; readonly buildSid: string; readonly adopted: boolean }
  | { readonly type: 'activated'; readonly buildSid: string }
  /** Another Build became live meanwhile: the run plans again. */
  | { readonly type: 'moved' }
  | { readonly type: 'cleaned'; readonly assets: number }
  /** Old Assets were left; what callers hear is as it should be. */
  | { readonly type: 'not cleaned'; readonly message: string };

/** An object of the bucket, or a key that the call flow names, that is not an Asset. */
export interface SkippedPrompt {
  readonly key: string;
  readonly reason: Reason;
  /** Whether the proxy cannot carry it either: its text is said. */
  readonly unplayable: boolean;
}

/** What a run did, so far or in all. */
export interface SyncReport {
  /** Prompts that are Assets when the run is done. */
  readonly prompts: number;
  readonly uploaded: number;
  /** Still to upload. */
  readonly remaining: number;
  /** Paths that no prompt plays any more, kept for calls in progress. */
  readonly retained: number;
  readonly skipped: readonly SkippedPrompt[];
  /** The Build that this run made live; undefined when it made none. */
  readonly buildSid?: string;
}

/** What a run waits for: more time, a quiet bucket, a Build, or the end of a limit of Twilio's. */
export const WAITS = ['time', 'quiet', 'build', 'limit'] as const;
export type Wait = (typeof WAITS)[number];

/** How a run ended: `pending` wants to be called again. */
export type SyncOutcome =
  | { readonly status: 'done'; readonly report: SyncReport }
  | {
      readonly status: 'pending';
      readonly reason: Wait;
      readonly report: SyncReport;
      /** Milliseconds. */
      readonly retryAfter: number;
    };
