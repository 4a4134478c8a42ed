/** Width of a text, in pixels. */
export type Measure = (text: string) => number;

const ELLIPSIS = '…';

/**
 * Breaks a text into lines of a width, at words of its script: Japanese and Thai have no blanks between
 * them. A word that is wider than a line is broken. What does not fit is an ellipsis.
 */
export function breakLines(
  text: string,
  { width, lines, measure }: { width: number; lines: number; measure: Measure },
): string[] {
  const broken: string[] = [];
  let line = '';
  for (const part of partsOf(text.trim(), (word) => measure(word) > width)) {
    if (measure((line + part).trimEnd()) <= width) {
      line += part;
      continue;
    }
    if (broken.length === lines - 1) return [...broken, shorten(line + part, width, measure)];
    if (line.trim() !== '') broken.push(line.trim());
    line = part.trimStart();
  }
  return line.trim() === '' ? broken : [...broken, line.trim()];
}

const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' });
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const segments = (segmenter: Intl.Segmenter, text: string): string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

function partsOf(text: string, isTooWide: (word: string) => boolean): string[] {
  return segments(WORDS, text.replace(/\s+/g, ' ')).flatMap((word) =>
    isTooWide(word) ? segments(CHARACTERS, word) : [word],
  );
}

/** As much of a text as fits, with an ellipsis. */
function shorten(text: string, width: number, measure: Measure): string {
  const characters = segments(CHARACTERS, text);
  while (characters.length > 0 && measure(characters.join('').trimEnd() + ELLIPSIS) > width) {
    characters.pop();
  }
  return characters.join('').trimEnd() + ELLIPSIS;
}

/** Whether the first letter of a text says that it runs from right to left, as `dir="auto"` decides. */
export function isRightToLeft(text: string): boolean {
  const [first = ''] = /\p{L}/u.exec(text) ?? [];
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(
    first,
  );
}
