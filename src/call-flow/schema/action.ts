import * as v from 'valibot';
import { PHONE_NUMBER } from '../../config';
import { type Prompt, promptSchema } from './prompt';
import { matching, strict, text, whole } from './strict';

/** Plays a prompt. */
export interface PlayAction {
  readonly action: 'play';
  readonly prompt: Prompt;
  /** What comes after; otherwise the menu's question, or outside of a menu the farewell. */
  readonly next?: Action | undefined;
}

/** Goes to a menu: its greeting, then its question. */
export interface MenuAction {
  readonly action: 'menu';
  readonly menu: string;
}

/** Asks the menu's question once more, as long as it has attempts left. */
export interface AgainAction {
  readonly action: 'again';
  readonly prompt?: Prompt | undefined;
}

/** Calls somebody and connects the two. */
export interface DialAction {
  readonly action: 'dial';
  readonly prompt?: Prompt | undefined;
  /** A phone number in E.164, or a SIP address. */
  readonly number: string;
  readonly callerId?: string | undefined;
  /** Seconds to let it ring. */
  readonly timeout: number;
  /** What comes when nobody answered; otherwise as for `play`. */
  readonly otherwise?: Action | undefined;
}

/** Takes a message, which Twilio keeps among the account's recordings. */
export interface RecordAction {
  readonly action: 'record';
  readonly prompt?: Prompt | undefined;
  /** Seconds. */
  readonly maxLength: number;
  /** Seconds of silence that end it. */
  readonly timeout: number;
  readonly finishOnKey: string;
  /** What comes when nothing was said; otherwise the question, or the farewell, as for `play`. */
  readonly silence?: Action | undefined;
  /** What comes after; otherwise as for `play`. */
  readonly next?: Action | undefined;
}

export interface HangupAction {
  readonly action: 'hangup';
  readonly prompt?: Prompt | undefined;
}

/** Chooses by opening hours. */
export interface HoursAction {
  readonly action: 'hours';
  /** A name in the flow's table of hours. */
  readonly hours: string;
  readonly open: Action;
  readonly closed: Action;
}

export type Action =
  | PlayAction
  | MenuAction
  | AgainAction
  | DialAction
  | RecordAction
  | HangupAction
  | HoursAction;

export const phoneNumber = matching(PHONE_NUMBER, 'a phone number in E.164, such as +815012345678');

const DIALLED = new RegExp(`${PHONE_NUMBER.source}|^sips?:[^\\s@]+@[^\\s@]+$`);
const following: v.GenericSchema<unknown, Action> = v.lazy(() => actionSchema);
const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));

const play = strict({
  action: v.literal('play'),
  prompt: promptSchema,
  next: v.optional(following),
});

const menu = strict({
  action: v.literal('menu'),
  menu: described(text('the name of a menu'), 'A name in "menus".'),
});

const again = strict({ action: v.literal('again'), prompt: v.optional(promptSchema) });

const dial = strict({
  action: v.literal('dial'),
  prompt: v.optional(promptSchema),
  number: described(
    matching(DIALLED, 'a phone number in E.164, such as +815012345678, or a SIP address'),
    'Whom to call: a phone number in E.164, or a SIP address.',
  ),
  callerId: v.optional(
    described(phoneNumber, 'Caller id to show: one of your numbers. Otherwise the caller’s own.'),
  ),
  timeout: v.optional(described(whole(5, 600), 'Seconds to let it ring.'), 30),
  otherwise: v.optional(following),
});

const record = strict({
  action: v.literal('record'),
  prompt: v.optional(promptSchema),
  maxLength: v.optional(described(whole(2, 3600), 'Seconds that a message may last.'), 120),
  timeout: v.optional(described(whole(1, 60), 'Seconds of silence that end it.'), 5),
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

const hours = strict({
  action: v.literal('hours'),
  hours: described(text('the name of opening hours'), 'A name in "hours".'),
  open: following,
  closed: following,
});

/** https://www.twilio.com/docs/voice/twiml has a page on each verb that these become. */
export const actionSchema: v.GenericSchema<unknown, Action> = v.variant(
  'action',
  [play, menu, again, dial, record, hangup, hours],
  'must be play, menu, again, dial, record, hangup or hours',
);
