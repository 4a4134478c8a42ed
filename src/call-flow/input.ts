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

const textOf = (parameter: unknown): string | undefined =>
  typeof parameter === 'string' && parameter !== '' ? parameter : undefined;

/** Reads a request. It never fails: a parameter that is repeated or malformed counts as missing. */
export function readInput({ Digits, DialCallStatus, From, To }: FunctionRequest['event']): Input {
  return {
    digits: textOf(Digits),
    dialCallStatus: textOf(DialCallStatus),
    substituteCallerId: isPhoneNumber(textOf(From)) ? undefined : numberOf(textOf(To)),
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
