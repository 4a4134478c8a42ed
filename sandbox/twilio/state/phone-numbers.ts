import type { UpdatableResource } from './records';
import { type State, stamp } from './state';

export type HttpMethod = 'GET' | 'POST';

/** Where calls to a number go: what an update can change. */
export interface NumberRouting {
  friendlyName: string;
  voiceUrl: string;
  voiceMethod: HttpMethod;
  voiceFallbackUrl: string;
  voiceFallbackMethod: HttpMethod;
  /** An application, or a trunk, takes the calls instead of the URLs; never both. */
  voiceApplicationSid: string;
  trunkSid: string;
}

export interface PhoneNumber extends UpdatableResource, NumberRouting {
  /** E.164. */
  readonly phoneNumber: string;
}

/** A number as the API gives it to an account: it points nowhere. */
export function addPhoneNumber(state: State, phoneNumber: string): PhoneNumber {
  const identity = stamp(state, 'PN');
  const number: PhoneNumber = {
    ...identity,
    updatedAt: identity.createdAt,
    phoneNumber,
    friendlyName: phoneNumber,
    voiceUrl: '',
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
  };
  state.phoneNumbers.set(number.sid, number);
  return number;
}

/** Setting one of application and trunk takes the other away. */
export function updatePhoneNumber(
  state: State,
  number: PhoneNumber,
  changes: Partial<NumberRouting>,
): void {
  Object.assign(number, changes);
  if (changes.voiceApplicationSid) number.trunkSid = '';
  else if (changes.trunkSid) number.voiceApplicationSid = '';
  number.updatedAt = state.settings.now();
}
