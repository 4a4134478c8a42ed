import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { LANGUAGES, voice } from '../../src/call-flow/prompts';

const types = readFileSync(
  `${require.resolve('twilio/lib/twiml/VoiceResponse').replace(/\.js$/, '')}.d.ts`,
  'utf8',
);

/** The members of a union type of the library. */
function wordsOf(type: string): string[] {
  const [, union = ''] = new RegExp(`type ${type} = ([^;]*);`).exec(types) ?? [];
  return [...union.matchAll(/"([^"]+)"/g)].map(([, word]) => word ?? '');
}

describe('what a flow may name for <Say>', () => {
  test('are exactly the languages that the library knows', () => {
    expect([...LANGUAGES].sort()).toEqual(wordsOf('SayLanguage').sort());
  });

  test('includes every voice that the library knows', () => {
    const voices = wordsOf('SayVoice');
    expect(voices.length).toBeGreaterThan(100);
    expect(voices.filter((name) => !v.is(voice, name))).toEqual([]);
  });
});
