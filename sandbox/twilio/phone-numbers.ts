import { Router } from 'express';
import * as v from 'valibot';
import { parseUrl } from '../../src/url';
import { ApiError } from './errors';
import { readForm } from './forms';
import { accountPath, endpoint, found, identity, ok, param, rfc2822 } from './http';
import { listOldPage } from './paging';
import { type State, stamp, type UpdatableResource } from './state';

type HttpMethod = 'GET' | 'POST';

/** Where calls to a number go: what an update can change. */
export interface NumberRouting {
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

const filters = v.object({ PhoneNumber: v.fallback(v.optional(v.string()), undefined) });
const numberChanges = v.object({
  VoiceUrl: v.optional(v.string()),
  VoiceMethod: v.optional(v.string()),
  VoiceFallbackUrl: v.optional(v.string()),
  VoiceFallbackMethod: v.optional(v.string()),
  VoiceApplicationSid: v.optional(v.string()),
  TrunkSid: v.optional(v.string()),
});

/**
 * The numbers of the account, as far as calls to them go. They are neither bought nor released
 * here. https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
export function phoneNumberRoutes(state: State): Router {
  const all = `${accountPath(state)}/IncomingPhoneNumbers`;
  const router = Router({ caseSensitive: true });
  router.get(
    `${all}.json`,
    endpoint((request) => {
      const { PhoneNumber } = v.parse(filters, request.query);
      const pattern = patternOf(PhoneNumber ?? '');
      const numbers = [...state.phoneNumbers.values()];
      const matching = numbers.filter(({ phoneNumber }) => pattern.test(phoneNumber));
      return listOldPage(state, request, matching, {
        key: 'incoming_phone_numbers',
        view: phoneNumberView,
      });
    }),
  );
  router.post(
    `${all}/:number.json`,
    endpoint((request) => {
      const number = found(request, state.phoneNumbers.get(param(request, 'number')));
      updatePhoneNumber(state, number, readForm(numberChanges, request));
      return ok(phoneNumberView(number));
    }),
  );
  return router;
}

/** A whole number, or part of one, with `*` for any digit. */
function patternOf(filter: string): RegExp {
  const escaped = filter.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '\\d');
  return new RegExp(escaped);
}

function phoneNumberView(number: PhoneNumber) {
  return {
    ...identity(number),
    friendly_name: number.phoneNumber,
    phone_number: number.phoneNumber,
    voice_url: number.voiceUrl || null,
    voice_method: number.voiceMethod,
    voice_fallback_url: number.voiceFallbackUrl || null,
    voice_fallback_method: number.voiceFallbackMethod,
    voice_caller_id_lookup: false,
    voice_application_sid: number.voiceApplicationSid || null,
    voice_receive_mode: 'voice',
    trunk_sid: number.trunkSid || null,
    date_created: rfc2822(number.createdAt),
    date_updated: rfc2822(number.updatedAt),
    sms_url: '',
    sms_method: 'POST',
    sms_fallback_url: '',
    sms_fallback_method: 'POST',
    sms_application_sid: null,
    capabilities: { voice: true, sms: false, mms: false, fax: false },
    beta: false,
    origin: 'twilio',
    status: 'in-use',
    status_callback: '',
    status_callback_method: 'POST',
    api_version: '2010-04-01',
    address_sid: null,
    address_requirements: 'none',
    identity_sid: null,
    bundle_sid: null,
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    uri: `/2010-04-01/Accounts/${number.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}

/** A number as the API gives it to an account: it points nowhere. */
export function addPhoneNumber(state: State, phoneNumber: string): PhoneNumber {
  const identified = stamp(state, 'PN');
  const number: PhoneNumber = {
    ...identified,
    updatedAt: identified.createdAt,
    phoneNumber,
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

/** @throws {ApiError} 400 for a URL or a method that cannot be called */
function updatePhoneNumber(
  state: State,
  number: PhoneNumber,
  form: v.InferOutput<typeof numberChanges>,
): void {
  const changed: NumberRouting = {
    voiceUrl: urlOr(form.VoiceUrl, number.voiceUrl),
    voiceMethod: methodOr(form.VoiceMethod, number.voiceMethod),
    voiceFallbackUrl: urlOr(form.VoiceFallbackUrl, number.voiceFallbackUrl),
    voiceFallbackMethod: methodOr(form.VoiceFallbackMethod, number.voiceFallbackMethod),
    voiceApplicationSid: form.VoiceApplicationSid ?? number.voiceApplicationSid,
    trunkSid: form.TrunkSid ?? number.trunkSid,
  };
  // https://www.twilio.com/docs/api/errors/21405
  if (changed.voiceFallbackUrl !== '' && changed.voiceUrl === '') {
    throw new ApiError(400, 21405, 'Cannot set VoiceFallbackUrl without setting Url');
  }
  // Setting one of application and trunk takes the other away.
  if (form.VoiceApplicationSid) changed.trunkSid = '';
  else if (form.TrunkSid) changed.voiceApplicationSid = '';
  Object.assign(number, changed);
  number.updatedAt = state.settings.now();
}

/** https://www.twilio.com/docs/api/errors/21402 */
function urlOr(value: string | undefined, before: string): string {
  if (value === undefined || value === '') return value ?? before;
  if (!/^https?:/.test(value) || !parseUrl(value)) {
    throw new ApiError(400, 21402, `Invalid Url: ${value}`);
  }
  return value;
}

/** https://www.twilio.com/docs/api/errors/21403 */
function methodOr(value: string | undefined, before: HttpMethod): HttpMethod {
  if (value === undefined) return before;
  if (value !== 'GET' && value !== 'POST') {
    throw new ApiError(400, 21403, `Invalid Method: ${value}`);
  }
  return value;
}
