import * as v from 'valibot';
import { PHONE_NUMBER } from '../config';
import {
  MESSAGE_SECONDS,
  MESSAGE_SECONDS_MAX,
  MESSAGE_SECONDS_MIN,
  RING_SECONDS,
  RING_SECONDS_MAX,
  RING_SECONDS_MIN,
  SILENCE_SECONDS,
  SILENCE_SECONDS_MAX,
} from '../limits';
import { described, matching, strict, text, whole } from './fields';
import { promptSchema } from './prompts';

/*
 * The actions of a call flow: what may stand in its JSON. An action is declared here, laid out in
 * steps by steps.ts and written as TwiML by twiml.ts. Each verb of TwiML has a page under
 * https://www.twilio.com/docs/voice/twiml
 */

const following: v.GenericSchema<unknown, Action> = v.lazy(() => actionSchema);

/** Plays a prompt. After it comes `next`, otherwise the menu's question, or outside of a menu the farewell. */
const play = strict({
  action: v.literal('play'),
  prompt: promptSchema,
  next: v.optional(following),
});

/** Goes to a menu: its greeting, then its question. */
const menu = strict({
  action: v.literal('menu'),
  menu: described(text('the name of a menu'), 'A name in "menus".'),
});

/** Asks the menu's question once more, as long as it has attempts left. */
const again = strict({ action: v.literal('again'), prompt: v.optional(promptSchema) });

const DIALLED = new RegExp(`${PHONE_NUMBER.source}|^sips?:[^\\s@]+@[^\\s@]+$`);

/** Calls a number and connects the two. If nobody answers, `otherwise` comes, or what comes after `play`. */
const dial = strict({
  action: v.literal('dial'),
  prompt: v.optional(promptSchema),
  number: described(
    matching(DIALLED, 'a phone number in E.164, such as +815012345678, or a SIP address'),
    'Whom to call: a phone number in E.164, or a SIP address.',
  ),
  callerId: v.optional(
    described(
      matching(PHONE_NUMBER, 'a phone number in E.164, such as +815012345678'),
      'Caller id to show: one of your numbers. Otherwise the caller’s own.',
    ),
  ),
  timeout: v.optional(
    described(whole(RING_SECONDS_MIN, RING_SECONDS_MAX), 'Seconds to let it ring.'),
    RING_SECONDS,
  ),
  otherwise: v.optional(following),
});

/** Takes a message, which Twilio keeps among the account's recordings. After it comes what comes after `play`. */
const record = strict({
  action: v.literal('record'),
  prompt: v.optional(promptSchema),
  maxLength: v.optional(
    described(whole(MESSAGE_SECONDS_MIN, MESSAGE_SECONDS_MAX), 'Seconds that a message may last.'),
    MESSAGE_SECONDS,
  ),
  timeout: v.optional(
    described(whole(1, SILENCE_SECONDS_MAX), 'Seconds of silence that end it.'),
    SILENCE_SECONDS,
  ),
  finishOnKey: v.optional(
    described(matching(/^[0-9*#]+$/, 'keys: 0 to 9, * and #'), 'Keys that end it.'),
    '#',
  ),
  silence: v.optional(
    described(
      following,
      'What comes when nothing was said. By default the question, or outside of a menu the farewell.',
    ),
  ),
  next: v.optional(following),
});

const hangup = strict({ action: v.literal('hangup'), prompt: v.optional(promptSchema) });

/** Chooses by opening hours. */
const hours = strict({
  action: v.literal('hours'),
  hours: described(text('the name of opening hours'), 'A name in "hours".'),
  open: following,
  closed: following,
});

// Interfaces, as TypeScript resolves their members late: a type alias would be circular.
interface PlayAction extends v.InferOutput<typeof play> {}
export interface DialAction extends v.InferOutput<typeof dial> {}
export interface RecordAction extends v.InferOutput<typeof record> {}
interface HoursAction extends v.InferOutput<typeof hours> {}

export type Action =
  | PlayAction
  | v.InferOutput<typeof menu>
  | v.InferOutput<typeof again>
  | DialAction
  | RecordAction
  | v.InferOutput<typeof hangup>
  | HoursAction;

export const actionSchema: v.GenericSchema<unknown, Action> = v.variant(
  'action',
  [play, menu, again, dial, record, hangup, hours],
  ({ expected }) =>
    expected === 'Object'
      ? 'must be an action, such as { "action": "menu", "menu": "main" }'
      : 'must be play, menu, again, dial, record, hangup or hours',
);
