import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { LANGUAGES } from '../../src/call-flow/schema/languages';
import { voice } from '../../src/call-flow/schema/prompt';

const types = readFileSync(
  `${require.resolve('twilio/lib/twiml/VoiceResponse').replace(/\.js$/, '')}.d.ts`,
  'utf8',
);

/** The words of a type of the library that is one of many. */
function wordsOf(type: string): string[] {
  const [, union = ''] = new RegExp(`type ${type} = ([^;]*);`).exec(types) ?? [];
  return [...union.matchAll(/"([^"]+)"/g)].map(([, word]) => word ?? '');
}

describe('what a text may be said in', () => {
  it('is a language that the library knows', () => {
    expect([...LANGUAGES].sort()).toEqual(wordsOf('SayLanguage').sort());
  });

  it('is a voice of the form of all that the library knows', () => {
    const voices = wordsOf('SayVoice');
    expect(voices.length).toBeGreaterThan(100);
    expect(voices.filter((name) => !v.is(voice, name))).toEqual([]);
  });
});
