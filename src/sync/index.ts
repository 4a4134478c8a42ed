export { deployUnlessMoved } from './deploy';
export type { SyncEvent } from './events';
export { GuardError } from './guard';
export type { SkippedPrompt, SyncOutcome, SyncReport, Wait } from './outcome';
export { REASONS } from './refusal';
export { syncRemotely } from './remote';
export {
  checkTarget,
  DEFAULTS,
  findLive,
  type LiveTarget,
  type SyncSettings,
  sync,
} from './sync';
