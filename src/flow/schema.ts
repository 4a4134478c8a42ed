import type { SayAttributes } from 'twilio/lib/twiml/VoiceResponse';
import * as v from 'valibot';

/** BCP 47 tags that <Say> knows: https://www.twilio.com/docs/voice/twiml/say/text-speech */
const language = v.custom<NonNullable<SayAttributes['language']>>(
  (value) => typeof value === 'string' && /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(value),
  'must be a language tag such as en-GB',
);

/** A prompt: what is played, and what is said where it cannot be played. */
const prompt = v.strictObject({
  /** S3 key, whole, with the prefix. */
  key: v.pipe(v.string(), v.minLength(1)),
  text: v.pipe(v.string(), v.minLength(1)),
  language: v.optional(language),
});

const menu = v.strictObject({
  greeting: v.optional(prompt),
  /** Played inside <Gather>. */
  prompt,
  /** Seconds to wait for a digit. */
  timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)), 5),
  /** How often the question is asked, in all. */
  attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 3),
  /** One digit → the prompt that answers it. */
  digits: v.record(v.pipe(v.string(), v.regex(/^[0-9*#]$/, 'must be one digit, * or #')), prompt),
  /** Played before the question is asked again. */
  unknown: prompt,
  /** Played before the call ends when the last attempt brought nothing. */
  farewell: prompt,
});

const callFlow = v.strictObject({ $schema: v.optional(v.string()), menu });

export type Prompt = v.InferOutput<typeof prompt>;
export type Menu = v.InferOutput<typeof menu>;
export type CallFlow = v.InferOutput<typeof callFlow>;

export { callFlow as callFlowSchema };
