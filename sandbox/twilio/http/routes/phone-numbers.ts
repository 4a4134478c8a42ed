import { type Request, Router } from 'express';
import * as v from 'valibot';
import { ApiError } from '../../errors';
import { updatePhoneNumber } from '../../state/phone-numbers';
import type { HttpMethod, NumberRouting, PhoneNumber } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, endpoints, ok } from '../endpoint';
import { readForm } from '../form';
import { found, missing, param } from '../lookup';
import { listOldPage } from '../old-page';
import { phoneNumberView } from '../views/phone-numbers';

const Changes = v.object({
  FriendlyName: v.optional(v.pipe(v.string(), v.maxLength(64))),
  VoiceUrl: v.optional(v.string()),
  VoiceMethod: v.optional(v.string()),
  VoiceFallbackUrl: v.optional(v.string()),
  VoiceFallbackMethod: v.optional(v.string()),
  VoiceApplicationSid: v.optional(v.string()),
  TrunkSid: v.optional(v.string()),
});

const Filters = v.object({
  PhoneNumber: v.fallback(v.optional(v.string()), undefined),
  FriendlyName: v.fallback(v.optional(v.string()), undefined),
});

/**
 * The numbers of the account, as far as calls to them go. They are neither bought nor released
 * here. https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
export function phoneNumberRoutes(state: State): Router {
  const on = endpoints(state.settings);
  const { accountSid } = state.settings;

  const collectionOf = (request: Request): string => {
    if (param(request, 'account') !== accountSid) throw missing(request);
    return `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers`;
  };
  const view = (collection: string) => (number: PhoneNumber) =>
    phoneNumberView(collection, accountSid, number);
  const numberOf = (request: Request): PhoneNumber =>
    found(request, state.phoneNumbers.get(param(request, 'number')));

  function list(request: Request): Answer {
    const collection = collectionOf(request);
    const { PhoneNumber, FriendlyName } = v.parse(Filters, request.query);
    const numbers = [...state.phoneNumbers.values()].filter(
      ({ phoneNumber, friendlyName }) =>
        (PhoneNumber === undefined || patternOf(PhoneNumber).test(phoneNumber)) &&
        (FriendlyName === undefined || friendlyName === FriendlyName),
    );
    const key = 'incoming_phone_numbers';
    return listOldPage(state.settings, request, key, numbers, view(collection));
  }

  function fetch(request: Request): Answer {
    const collection = collectionOf(request);
    return ok(view(collection)(numberOf(request)));
  }

  function update(request: Request): Answer {
    const collection = collectionOf(request);
    const number = numberOf(request);
    updatePhoneNumber(state, number, changesOf(number, readForm(Changes, request)));
    return ok(view(collection)(number));
  }

  const router = Router({ caseSensitive: true });
  const all = '/Accounts/:account/IncomingPhoneNumbers';
  router.get(`${all}.json`, on(list));
  router.route(`${all}/:number.json`).get(on(fetch)).post(on(update));
  return router;
}

/** A whole number, or part of one, with `*` for any digit. */
function patternOf(filter: string): RegExp {
  const escaped = filter.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '\\d');
  return new RegExp(escaped);
}

function changesOf(number: PhoneNumber, form: v.InferOutput<typeof Changes>): NumberRouting {
  const changed = {
    friendlyName: form.FriendlyName ?? number.friendlyName,
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
  return changed;
}

/** https://www.twilio.com/docs/api/errors/21402 */
function urlOr(value: string | undefined, before: string): string {
  if (value === undefined || value === '') return value ?? before;
  if (!/^https?:/.test(value) || !URL.canParse(value)) {
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
