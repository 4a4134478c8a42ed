import type { PromptStatus } from '../../src/status/response';
import type { IconName } from '../components/icon';
import type { Tone } from '../components/tone';

interface Shown {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
  /** For somebody who does not know what an Asset is. */
  readonly meaning: string;
}

/** How a caller gets a prompt. */
export const STATE_WORDS: Readonly<Record<PromptStatus['state'], Shown>> = {
  asset: {
    word: 'Asset',
    tone: 'good',
    icon: 'check',
    meaning: 'Twilio plays its own copy',
  },
  proxy: {
    word: 'Proxy',
    tone: 'quiet',
    icon: 'arrow',
    meaning: 'fetched from S3 in the call',
  },
  spoken: {
    word: 'Spoken',
    tone: 'warn',
    icon: 'speech',
    meaning: 'a voice reads its words',
  },
  missing: {
    word: 'Missing',
    tone: 'bad',
    icon: 'cross',
    meaning: 'S3 has no such recording',
  },
};

export const NEXT_WORDS: Readonly<Record<NonNullable<PromptStatus['next']>, string>> = {
  upload: 'The next sync uploads it',
  replace: 'The next sync replaces it',
  remove: 'The next sync removes it',
};
