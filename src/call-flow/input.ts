import * as v from 'valibot';
import { PHONE_NUMBER } from '../config';
import type { FunctionRequest } from '../runtime';

/** What a webhook's request says about the caller and what the caller did. */
export interface Input {
  /** Keys that were pressed; undefined after silence. */
  readonly digits: string | undefined;
  /** How a <Dial> ended. https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus */
  readonly dialCallStatus: string | undefined;
  /** The caller id of a <Dial> for a caller whose own number cannot be shown. */
  readonly substituteCallerId: string | undefined;
}

const text = v.fallback(v.optional(v.pipe(v.string(), v.minLength(1))), undefined);
const parameters = v.object({ Digits: text, DialCallStatus: text, From: text, To: text });

/** Reads a request. It never fails: a parameter that is repeated or malformed counts as missing. */
export function readInput({ Digits, DialCallStatus, From, To }: FunctionRequest['event']): Input {
  const read = v.parse(parameters, { Digits, DialCallStatus, From, To });
  return {
    digits: read.Digits,
    dialCallStatus: read.DialCallStatus,
    substituteCallerId: isPhoneNumber(read.From) ? undefined : numberOf(read.To),
  };
}

/** In a call by SIP the number that was called is part of an address: sip:+15550100@example.com */
function numberOf(party: string | undefined): string | undefined {
  const number = /^sips?:([^@]*)@/.exec(party ?? '')?.[1] ?? party;
  return isPhoneNumber(number) ? number : undefined;
}

/**
 * `From` of a caller without a number: Twilio sends a word, spelt on a telephone's keys.
 * ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE.
 */
const NO_NUMBERS = ['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'];

/** False for the address of a SIP caller. */
function isPhoneNumber(party: string | undefined): party is string {
  return party !== undefined && PHONE_NUMBER.test(party) && !NO_NUMBERS.includes(party);
}
