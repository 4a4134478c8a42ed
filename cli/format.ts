import Table from 'cli-table3';
import prettyMilliseconds from 'pretty-ms';
import stringWidth from 'string-width';

export { formatBytes, formatCount } from '../src/words';

// How numbers, texts and tables look at a terminal.

/** A time to wait, in whole seconds: such as 3 seconds, 1 minute 30 seconds. */
export function formatWait(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return prettyMilliseconds(seconds * 1000, { verbose: true });
}

/** To the minute, such as 2026-01-02 03:04 UTC. */
export function formatTime(date: Date): string {
  return `${formatMinute(date)} UTC`;
}

/** The same without the time zone, where it stands beside. */
export function formatMinute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * A text in one line, with control characters escaped: S3 keys may hold escape sequences of
 * terminals, and marks that change the direction of writing.
 */
export function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** The beginning of a text, in so many columns of a terminal at most. */
export function cutEnd(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const characters = [...text].slice(0, columns);
  while (stringWidth(characters.join('')) > columns - 1) characters.pop();
  return `${characters.join('')}…`;
}

/** The end of a text, in so many columns of a terminal at most: of a path it tells the most. */
export function cutStart(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const characters = [...text].slice(-columns);
  while (stringWidth(characters.join('')) > columns - 1) characters.shift();
  return `…${characters.join('')}`;
}

const SIDES = ['top', 'bottom', 'left', 'mid', 'right', 'middle'];
const CORNERS = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'];
const CROSSINGS = ['left-mid', 'mid-mid', 'right-mid'];

const NO_LINES = Object.fromEntries([...SIDES, ...CORNERS, ...CROSSINGS].map((side) => [side, '']));

/**
 * A table without lines.
 *
 * @param alignments of the columns; left, where there are none
 */
export function plainTable(
  head: readonly string[],
  alignments: readonly Table.HorizontalAlignment[] = [],
): Table.Table {
  return new Table({
    head: [...head],
    chars: NO_LINES,
    colAligns: [...alignments],
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
  });
}
