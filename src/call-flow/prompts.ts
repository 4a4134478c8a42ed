import type { SayAttributes } from 'twilio/lib/twiml/VoiceResponse';
import * as v from 'valibot';
import { S3_KEY_BYTES, SAY_BYTES } from '../limits';
import { matching, strict, text } from './fields';

/** The languages of <Say>, as the `twilio` library has them. */
export const LANGUAGES = [
  'af-ZA',
  'am-ET',
  'ar-AE',
  'ar-XA',
  'arb',
  'bg-BG',
  'bn-IN',
  'ca-ES',
  'cmn-CN',
  'cmn-TW',
  'cs-CZ',
  'cy-GB',
  'da-DK',
  'de-AT',
  'de-DE',
  'el-GR',
  'en-AU',
  'en-CA',
  'en-GB',
  'en-GB-WLS',
  'en-IE',
  'en-IN',
  'en-NZ',
  'en-US',
  'en-ZA',
  'es-ES',
  'es-MX',
  'es-US',
  'fi-FI',
  'fil-PH',
  'fr-CA',
  'fr-FR',
  'fr-BE',
  'gu-IN',
  'he-IL',
  'hi-IN',
  'hu-HU',
  'id-ID',
  'is-IS',
  'it-IT',
  'ja-JP',
  'kn-IN',
  'ko-KR',
  'lv-LV',
  'ml-IN',
  'mr-IN',
  'ms-MY',
  'nb-NO',
  'nl-BE',
  'nl-NL',
  'pa-IN',
  'pl-PL',
  'pt-BR',
  'pt-PT',
  'ro-RO',
  'ru-RU',
  'sk-SK',
  'sr-RS',
  'sv-SE',
  'ta-IN',
  'te-IN',
  'th-TH',
  'tr-TR',
  'uk-UA',
  'vi-VN',
  'yue-HK',
  'zh-CN',
  'zh-HK',
  'zh-TW',
] as const satisfies SayAttributes['language'][];

type SayVoice = NonNullable<SayAttributes['voice']>;

const VOICE = /^(man|woman|alice|(Polly|Google)\.[A-Za-zÀ-ÿ\d-]+)$/;

/** https://www.twilio.com/docs/voice/twiml/say/text-speech#available-voices-and-languages */
export const language = v.pipe(
  v.picklist(LANGUAGES, 'must be a language of <Say>, such as en-GB or ja-JP'),
  v.description('Language in which a text is said, as Twilio names it: en-GB, ja-JP.'),
);

export const voice = v.pipe(
  matching(VOICE, 'a voice of <Say>, such as Polly.Amy-Neural'),
  v.guard((name): name is SayVoice => VOICE.test(name)),
  v.description('Voice in which a text is said, as Twilio names it: Polly.Amy-Neural.'),
);

/** Servers on the way to S3 resolve dot segments, and would ask for another object. */
const hasDotSegment = (key: string): boolean =>
  key.split('/').some((segment) => segment === '.' || segment === '..');

/** UTF-8 cannot hold half of a surrogate pair. */
const LONE_SURROGATE = /\p{Cs}/u;
/** https://www.w3.org/TR/xml/#charsets */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const written = (count: number): string => count.toLocaleString('en');

const key = v.pipe(
  text('an S3 key'),
  v.maxBytes(
    S3_KEY_BYTES,
    ({ requirement }) => `must be an S3 key, which has at most ${written(requirement)} bytes`,
  ),
  v.check((value) => !hasDotSegment(value), 'must not have "." or ".." between slashes'),
  v.check((value) => !LONE_SURROGATE.test(value), 'must be text that UTF-8 can hold'),
  v.description('S3 key of the recording, whole, with its prefix. Without one the text is said.'),
);

const words = v.pipe(
  matching(/\S/, 'the words of the prompt'),
  v.maxBytes(
    SAY_BYTES,
    ({ requirement }) => `must have at most ${written(requirement)} bytes, as <Say> takes no more`,
  ),
  v.check((value) => !NOT_XML.test(value), 'must have no control characters'),
  v.description('The words of the recording, which are said where it cannot be played.'),
);

export const promptSchema = v.pipe(
  strict({
    key: v.optional(key),
    text: words,
    language: v.optional(language),
    voice: v.optional(voice),
  }),
  v.description('What a caller hears.'),
);

export type Prompt = v.InferOutput<typeof promptSchema>;
