import * as v from 'valibot';
import {
  ANSWER_SECONDS,
  ANSWER_SECONDS_MAX,
  ATTEMPTS,
  ATTEMPTS_MAX,
  KEYS_MAX,
  QUESTIONS,
  QUESTIONS_MAX,
} from '../limits';
import { type Action, actionSchema } from './actions';
import { described, matching, strict, whole } from './fields';
import { hoursSchema } from './hours';
import { language, promptSchema, voice } from './prompts';

/** The keys of a telephone: https://www.twilio.com/docs/voice/twiml/gather */
const KEYS = new RegExp(`^[0-9*#]{1,${KEYS_MAX}}$`);

const AGAIN = { action: 'again' } as const satisfies Action;

const menuSchema = v.pipe(
  strict({
    greeting: v.optional(promptSchema),
    prompt: promptSchema,
    digits: v.pipe(
      v.record(
        v.pipe(v.string(), v.regex(KEYS, 'must be keys of a telephone: 0 to 9, * and #')),
        actionSchema,
        'must be an object of keys and what each does',
      ),
      v.minEntries(1, 'must have at least one key'),
      v.description('What a caller may press, and what it does.'),
    ),
    numDigits: v.optional(
      described(
        whole(1, KEYS_MAX),
        'How many keys end the answer. Otherwise those of the longest in "digits", or with a finishOnKey any number.',
      ),
    ),
    finishOnKey: v.pipe(
      v.optional(matching(/^[0-9*#]?$/, 'one key, or empty for none'), ''),
      v.description('Key that ends the answer. None by default: # and * are answers too.'),
    ),
    timeout: v.optional(
      described(whole(1, ANSWER_SECONDS_MAX), 'Seconds to wait for a key, and between two.'),
      ANSWER_SECONDS,
    ),
    attempts: v.optional(
      described(
        whole(1, ATTEMPTS_MAX),
        'How often the question is asked of a caller who is silent or presses unknown keys.',
      ),
      ATTEMPTS,
    ),
    unknown: v.pipe(
      v.optional(actionSchema, AGAIN),
      v.description(
        'What keys that are not in "digits" do before the question comes again, while an attempt is left. By default nothing.',
      ),
    ),
    silence: v.pipe(
      v.optional(actionSchema, AGAIN),
      v.description(
        'What silence does before the question comes again, while an attempt is left. By default nothing.',
      ),
    ),
    otherwise: v.pipe(
      v.optional(actionSchema),
      v.description('What comes after the last attempt. By default the farewell.'),
    ),
  }),
  v.description('A question that a caller answers with keys.'),
);

/** A call flow as its JSON has it. `npm run schema` writes call-flow.schema.json from it. */
export const callFlowSchema = v.pipe(
  strict({
    $schema: v.optional(v.string('must be the address of a JSON Schema')),
    language: v.optional(language),
    voice: v.optional(voice),
    start: actionSchema,
    menus: v.pipe(
      v.record(
        matching(/^[A-Za-z][\w-]{0,39}$/, 'a name of letters, digits, _ and -, 40 at most'),
        menuSchema,
        'must be an object of menus',
      ),
      v.description('The menus by name.'),
    ),
    hours: v.pipe(
      v.optional(v.record(v.string(), hoursSchema, 'must be an object of opening hours'), {}),
      v.description('Opening hours by name.'),
    ),
    farewell: v.pipe(promptSchema, v.description('What ends a call in which nothing else does.')),
    questions: v.optional(
      described(
        whole(1, QUESTIONS_MAX),
        'How many questions one call may ask, in all, before the farewell.',
      ),
      QUESTIONS,
    ),
  }),
  v.title('Call flow'),
  v.description('What callers hear, and what their keys do.'),
);

export type Menu = v.InferOutput<typeof menuSchema>;
export type CallFlow = v.InferOutput<typeof callFlowSchema>;
