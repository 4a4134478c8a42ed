import { randomBytes } from 'node:crypto';
import type { Alert } from './alerts';
import type { Call } from './calls';
import type { Settings } from './options';
import type { PhoneNumber } from './phone-numbers';
import type { Service } from './services';

/** What every resource has. */
export interface Resource {
  readonly sid: string;
  readonly accountSid: string;
  /** Counts creations, so that two resources of one second still have an order. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface UpdatableResource extends Resource {
  updatedAt: number;
}

/** All that the account holds. What is below a Service is in that Service's Maps. */
export interface State {
  readonly settings: Settings;
  readonly services: Map<string, Service>;
  readonly phoneNumbers: Map<string, PhoneNumber>;
  readonly calls: Map<string, Call>;
  readonly alerts: Map<string, Alert>;
  /** When Builds were created, in epoch milliseconds: those that still count for the hour's limit. */
  buildTimes: number[];
  /** How many resources were created so far. */
  sequence: number;
  /** Epoch milliseconds before which nothing outlives its retention. */
  nextExpiry: number;
}

export function createState(settings: Settings): State {
  return {
    settings,
    services: new Map(),
    phoneNumbers: new Map(),
    calls: new Map(),
    alerts: new Map(),
    buildTimes: [],
    sequence: 0,
    nextExpiry: 0,
  };
}

/** Identity and creation time of a new resource; `prefix` is the two letters of its SID. */
export function stamp(state: State, prefix: string): Resource {
  state.sequence += 1;
  return {
    sid: newSid(prefix),
    accountSid: state.settings.accountSid,
    sequence: state.sequence,
    createdAt: state.settings.now(),
  };
}

/** Such as `ZS` and 32 hexadecimal digits. */
export const newSid = (prefix: string): string => prefix + randomBytes(16).toString('hex');
