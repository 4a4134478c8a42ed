import type { NumberRouting, PhoneNumber } from './records';
import { type State, stamp } from './state';

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
