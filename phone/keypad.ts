import type { TwimlNode } from './twiml';

/**
 * What a Gather takes of the keys that a caller presses: up to `numDigits`, or up to the key that
 * finishes it, which is not part of it. Empty when nothing was gathered, as also when the
 * finishing key comes first: https://www.twilio.com/docs/voice/twiml/gather#finishonkey
 */
export function gatherDigits(keys: string, { attributes }: TwimlNode): string {
  const { input = 'dtmf', numDigits, finishOnKey = '#' } = attributes;
  if (!input.includes('dtmf')) return '';
  const end = finishOnKey === '' ? -1 : keys.indexOf(finishOnKey);
  const gathered = end < 0 ? keys : keys.slice(0, end);
  return numDigits === undefined ? gathered : gathered.slice(0, Number(numDigits));
}
