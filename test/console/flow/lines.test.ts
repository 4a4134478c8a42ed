import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { breakLines, isRightToLeft } from '../../../console/flow/lines';

/** As if each character were ten pixels wide. */
const measure = (text: string) => 10 * [...text].length;
const broken = (text: string, characters: number, lines: number) =>
  breakLines(text, { width: 10 * characters, lines, measure });

describe('lines of a box', () => {
  test.each<[string, string, number, number, string[]]>([
    ['one that fits', 'Thank you.', 10, 2, ['Thank you.']],
    ['words', 'Thank you for calling.', 10, 3, ['Thank you', 'for', 'calling.']],
    [
      'more than there is room for',
      'Thank you for calling us.',
      10,
      2,
      ['Thank you', 'for calli…'],
    ],
    [
      'a word that is wider than a line',
      'Donaudampfschifffahrt',
      10,
      2,
      ['Donaudampf', 'schifffah…'],
    ],
    [
      'a script without blanks',
      '営業時間は平日の午前9時からです',
      6,
      2,
      ['営業時間は', '平日の午前…'],
    ],
    ['blanks and breaks', '  Thank\n\n you.\t', 20, 2, ['Thank you.']],
    ['nothing', ' ', 10, 2, []],
  ])('hold %s', (_, text, characters, lines, expected) => {
    expect(broken(text, characters, lines)).toEqual(expected);
  });

  test('are never wider or more than they may be, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (text, characters, lines) => {
          const result = broken(text, characters, lines);
          expect(result.length).toBeLessThanOrEqual(lines);
          const isOneGrapheme = (line: string) =>
            [...new Intl.Segmenter().segment(line.replace('…', ''))].length <= 1;
          const wide = result.filter((line) => measure(line) > 10 * characters);
          expect(wide.filter((line) => !isOneGrapheme(line))).toEqual([]);
        },
      ),
    );
  });
});

test.each([
  ['Thank you', false],
  ['שלום', true],
  ['1. مرحبا', true],
  ['営業時間', false],
  ['Say “שלום”', false],
  ['123', false],
])('%s runs from right to left: %s', (text, expected) => {
  expect(isRightToLeft(text)).toBe(expected);
});
