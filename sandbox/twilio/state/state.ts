import type { Settings } from '../options';
import type { PhoneNumber, Resource, Service } from './records';

/** All that the stand-in knows. Everything below a Service is in that Service's Maps. */
export interface State {
  readonly settings: Settings;
  readonly services: Map<string, Service>;
  readonly phoneNumbers: Map<string, PhoneNumber>;
  /** When Builds were created, in epoch milliseconds: those that still count for the hour's limit. */
  buildTimes: number[];
  /** How many resources were created so far. */
  sequence: number;
}

export function createState(settings: Settings): State {
  return { settings, services: new Map(), phoneNumbers: new Map(), buildTimes: [], sequence: 0 };
}

/** Identity and creation time of a new resource; `prefix` is the two letters of its SID. */
export function stamp(state: State, prefix: string): Resource {
  state.sequence += 1;
  return {
    sid: prefix + state.settings.random(16).toString('hex'),
    sequence: state.sequence,
    createdAt: state.settings.now(),
  };
}
