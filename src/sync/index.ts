export { deployUnlessMoved } from './build';
export { carryOverOf, fingerprint } from './carry-over';
export { liveSince, newestFirst } from './deployments';
export { GuardError } from './guard';
export type { Lack, SkippedPrompt, SyncEvent, SyncOutcome, SyncReport } from './outcome';
export { lackOf } from './run';
export type { Reason } from './selection';
export {
  type CheckedTarget,
  checkTarget,
  DEFAULTS,
  type StagedCode,
  type SyncSettings,
  sync,
} from './sync';
export type { Wait } from './waits';
