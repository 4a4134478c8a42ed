import { type Clock, systemClock } from '../src/clock';
import { GATHER_SECONDS } from '../src/limits';
import type { TwimlNode } from './twiml';

/** The attributes of a `<Gather>`. */
export type GatherRules = Pick<TwimlNode, 'attributes'>;

/** Where the keys of a caller come from. */
export interface Keypad {
  /** A Gather begins, before what is nested in it: from now on keys count. */
  listen(gather: GatherRules): void;
  /** Whether a key was pressed since then, which ends what is nested in the Gather. */
  interrupted(): boolean;
  /** Waits until the caller has answered, and gives all keys, the finishing one included. */
  keys(gather: GatherRules): Promise<string>;
}

/**
 * Presses keys that are known before the call, when the prompts are over.
 *
 * @param digits for each Gather in turn; an empty or missing entry is a silent caller
 * @throws {RangeError} for digits that are not on a keypad
 */
export function keysInTurn(digits: readonly string[]): Keypad {
  const invalid = digits.find((keys) => !/^[0-9*#]*$/.test(keys));
  if (invalid !== undefined) {
    throw new RangeError(`digits: '${invalid}' is not on a keypad (0-9, *, #)`);
  }
  const left = [...digits];
  return {
    listen() {},
    interrupted: () => false,
    keys: async () => left.shift() ?? '',
  };
}

/** A keypad whose keys are pressed while the call runs. */
export interface LiveKeypad extends Keypad {
  /** @returns whether a Gather takes the key; outside of one it is lost */
  press(key: string): boolean;
  /** No key comes any more: a Gather that waits for one ends. */
  hangUp(): void;
}

/**
 * A keypad for a person. As on Twilio, a key ends what is nested in the Gather and is the first of the
 * answer, which `numDigits`, `finishOnKey` or `timeout` end; `timeout` counts from the end of what is
 * nested, and anew from each key. https://www.twilio.com/docs/voice/twiml/gather#timeout
 *
 * Twilio describes keys within a Gather only: here all others are lost.
 */
export function liveKeypad({ sleep }: Pick<Clock, 'sleep'> = systemClock): LiveKeypad {
  let listening: GatherRules | undefined;
  let pressed = '';
  let isHungUp = false;
  let wake = () => {};

  /** Whether a key came in time. */
  const nextKey = async ({ attributes }: GatherRules): Promise<boolean> => {
    const woken = new AbortController();
    wake = () => woken.abort();
    const seconds = Number(attributes.timeout ?? GATHER_SECONDS);
    await sleep(seconds * 1000, woken.signal).catch(() => undefined);
    return woken.signal.aborted;
  };

  return {
    listen(gather) {
      listening = gather;
      pressed = '';
    },
    interrupted: () => pressed !== '',
    async keys(gather) {
      while (!isHungUp && !isAnswered(pressed, gather) && (await nextKey(gather)));
      const keys = pressed;
      listening = undefined;
      pressed = '';
      return keys;
    },
    press(key) {
      if (!listening || !takesKeys(listening) || isAnswered(pressed, listening)) return false;
      pressed += key;
      wake();
      return true;
    },
    hangUp() {
      isHungUp = true;
      wake();
    },
  };
}

function takesKeys({ attributes: { input = 'dtmf' } }: GatherRules): boolean {
  return input.includes('dtmf');
}

function finishOf(keys: string, { attributes: { finishOnKey = '#' } }: GatherRules): number {
  return finishOnKey === '' ? -1 : keys.indexOf(finishOnKey);
}

function isAnswered(keys: string, gather: GatherRules): boolean {
  const { numDigits } = gather.attributes;
  const isFull = numDigits !== undefined && keys.length >= Number(numDigits);
  return isFull || finishOf(keys, gather) >= 0;
}

/**
 * The keys that a Gather takes: up to `numDigits`, or up to the finishing key, which is not part of
 * the result. Empty if nothing was gathered, also if the finishing key comes first:
 * https://www.twilio.com/docs/voice/twiml/gather#finishonkey
 */
export function gatherDigits(keys: string, gather: GatherRules): string {
  if (!takesKeys(gather)) return '';
  const { numDigits } = gather.attributes;
  const end = finishOf(keys, gather);
  const gathered = end < 0 ? keys : keys.slice(0, end);
  return numDigits === undefined ? gathered : gathered.slice(0, Number(numDigits));
}
