import type { SyncReport, Wait } from './outcome';
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
    }
  | { readonly type: 'waiting'; readonly for: 'quiet' | 'build'; readonly milliseconds: number }
  | { readonly type: 'building'; readonly buildSid: string; readonly adopted: boolean }
  | { readonly type: 'activated'; readonly buildSid: string }
  /** Another Build became live meanwhile: the run plans again. */
  | { readonly type: 'moved' }
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
