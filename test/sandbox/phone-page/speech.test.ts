import { describe, expect, it } from '@jest/globals';
import { chooseVoice, readingSeconds } from '../../../sandbox/phone-page/browser/speech';

const VOICES = [{ lang: 'en-GB' }, { lang: 'en_US' }, { lang: 'ja-JP' }];

describe('the voice that reads a text out', () => {
  it.each([
    ['is of the language and the region', 'en-US', 'en_US'],
    ['is of the language, where the region has none', 'en-AU', 'en-GB'],
    ['is of the language, where TwiML names no region', 'ja', 'ja-JP'],
    ['is none of another language', 'de-DE', undefined],
  ])('%s', (_title, language, lang) => {
    expect(chooseVoice(VOICES, language)?.lang).toBe(lang);
  });
});

describe('the time that a text takes', () => {
  it('is longer for a longer text', () => {
    expect(readingSeconds('Welcome to Harbour Clinic. '.repeat(4))).toBeGreaterThan(
      readingSeconds('Welcome to Harbour Clinic.'),
    );
  });

  it('is longer for as many characters that are whole syllables', () => {
    expect(readingSeconds('日本語のご案内は、8を押してください。')).toBeGreaterThan(
      readingSeconds('For Japanese, press 8.'),
    );
  });

  it('is never too short to see the text', () => {
    expect(readingSeconds('')).toBeGreaterThanOrEqual(1);
  });
});
