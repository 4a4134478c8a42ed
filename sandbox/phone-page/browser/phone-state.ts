import type { CallSettings, State } from '../protocol';
import type { CallLog } from './call-log';

/** All that the page shows. */
export interface Phone {
  readonly server: State | undefined;
  /** The sandbox answers. Undefined as long as it was not asked. */
  readonly isConnected: boolean | undefined;
  /** Calls that were opened here, in their order. */
  readonly logs: readonly CallLog[];
  /** Those of them that demonstrate something: nothing was broken in them at first. */
  readonly demonstrated: readonly string[];
  /** The call that transcript and inspector show. */
  readonly shown: CallLog | undefined;
  /** The call that goes on; its keypad and its speaker are here. */
  readonly live: CallLog | undefined;
  readonly isSounding: boolean;
  readonly isBlocked: boolean;
  readonly isMuted: boolean;
  readonly isSkipping: boolean;
  /** Of the next call. */
  readonly settings: CallSettings;
  /** What did not work, in a sentence. */
  readonly problem: string | undefined;
}

export interface Held extends Omit<Phone, 'shown' | 'live'> {
  readonly shownId: string | undefined;
  readonly liveId: string | undefined;
}

export const AT_FIRST: Held = {
  server: undefined,
  isConnected: undefined,
  logs: [],
  demonstrated: [],
  shownId: undefined,
  liveId: undefined,
  isSounding: false,
  isBlocked: false,
  isMuted: false,
  isSkipping: false,
  settings: { source: 'project', append: 'gather' },
  problem: undefined,
};
