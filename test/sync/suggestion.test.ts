import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { suggestionSentence, suggestKey } from '../../src/sync/suggestion';

const composed = 'prompts/ガイド.mp3'.normalize('NFC');
const decomposed = composed.normalize('NFD');

const keys = [
  'prompts/welcome.mp3',
  'prompts/en/menu.mp3',
  'prompts/1.mp3',
  'prompts/営業 時間.mp3',
  decomposed,
];

describe('suggestKey', () => {
  it.each<[string, string, string | undefined]>([
    ['the prefix is missing', 'welcome.mp3', 'prompts/welcome.mp3'],
    ['a slash is first', '/prompts/welcome.mp3', 'prompts/welcome.mp3'],
    ['a slash is in place of the prefix', '/welcome.mp3', 'prompts/welcome.mp3'],
    ['the normalisation differs', composed, decomposed],
    ['the normalisation differs and the prefix is missing', 'ガイド.mp3', decomposed],
    ['the letter case differs', 'prompts/Welcome.MP3', 'prompts/welcome.mp3'],
    ['the ending differs', 'prompts/welcome.wav', 'prompts/welcome.mp3'],
    ['the ending is missing', 'prompts/welcome', 'prompts/welcome.mp3'],
    ['the folder differs', 'prompts/ja/menu.mp3', 'prompts/en/menu.mp3'],
    ['two letters are swapped', 'prompts/wlecome.mp3', 'prompts/welcome.mp3'],
    ['one letter is missing', 'prompts/welcom.mp3', 'prompts/welcome.mp3'],
    ['three letters differ', 'prompts/walkeme.mp3', undefined],
    ['the name has one character, and another one', 'prompts/2.mp3', undefined],
    ['nothing is alike', 'prompts/goodbye.mp3', undefined],
  ])('where %s', (_, missing, expected) => {
    expect(suggestKey(missing, keys, 'prompts/')).toBe(expected);
    expect(suggestKey(missing, keys.toReversed(), 'prompts/')).toBe(expected);
  });

  it('finds a key in another folder without a prefix', () => {
    expect(suggestKey('welcome.mp3', keys, '')).toBe('prompts/welcome.mp3');
  });

  it('takes the nearest of several', () => {
    const near = ['prompts/welcome.wav', 'prompts/Welcome.mp3', 'prompts/welcomes.mp3'];
    expect(suggestKey('welcome.mp3', near, 'prompts/')).toBe('prompts/Welcome.mp3');
  });

  it('takes any keys, and gives back one of them or none', () => {
    const key = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'A', '/', '.', 'é', 'e\u0301', '\0') }),
    );
    fc.assert(
      fc.property(key, fc.array(key, { maxLength: 5 }), key, (missing, existing, prefix) => {
        const found = suggestKey(missing, existing, prefix);
        expect(found).toBe(suggestKey(missing, existing.toReversed(), prefix));
        if (found !== undefined) expect(existing).toContain(found);
        expect(found).not.toBe(missing);
      }),
    );
  });
});

describe('suggestionSentence', () => {
  it('asks for the key that was meant', () => {
    expect(suggestionSentence('welcome.mp3', 'prompts/welcome.mp3')).toBe(
      'Did you mean prompts/welcome.mp3?',
    );
  });

  it('says it where the two keys look the same', () => {
    expect(suggestionSentence(composed, decomposed)).toBe(
      'S3 has a key that differs in its Unicode normalisation only: it looks the same.',
    );
  });
});
