export { deployUnlessMoved } from './build';
export { GuardError } from './guard';
export type { Lack, SkippedPrompt, SyncEvent, SyncOutcome, SyncReport, Wait } from './outcome';
export type { Reason } from './selection';
export {
  type CheckedTarget,
  checkTarget,
  DEFAULTS,
  findLive,
  type LiveTarget,
  type SyncSettings,
  sync,
} from './sync';
