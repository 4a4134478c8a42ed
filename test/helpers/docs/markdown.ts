import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');

/** The pages that a user or a developer reads, from the project's folder. */
export const PAGES = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .sort();

export const readPage = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** A fenced block: its language, and what it holds. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

const FENCED = /^( *)```(\w*)\n(.*?)^ *```$/gms;

export function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(FENCED)].map(([, indent = '', language = '', text = '']) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The page without its fenced blocks: what stands in them is neither a heading nor a link. */
export const prose = (markdown: string): string => markdown.replaceAll(FENCED, '');

/** All that stands in a page as code: fenced blocks, and what is in backticks. */
export const code = (markdown: string): string =>
  [...blocks(markdown).map(({ text }) => text), ...(prose(markdown).match(/`[^`]+`/g) ?? [])].join(
    '\n',
  );

export interface Heading {
  readonly level: number;
  readonly text: string;
}

export function headings(markdown: string): Heading[] {
  return [...prose(markdown).matchAll(/^(#+) (.*)$/gm)].map(([, marks = '', text = '']) => ({
    level: marks.length,
    text,
  }));
}

/** What stands under a heading such as `## Deploy`, up to the next of its level. */
export function section(markdown: string, heading: string): string {
  const [, rest] = markdown.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`there is no heading ${heading}`);
  const [text = ''] = rest.split(`\n${heading.split(' ', 1)} `);
  return text;
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(markdown: string): string[] {
  const seen = new Map<string, number>();
  return headings(markdown).map(({ text }) => {
    const plain = text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** The targets of a page's links. */
export function links(markdown: string): string[] {
  const text = prose(markdown).replaceAll(/(?<!\[)`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g)].map(
    ([, target = '']) => target,
  );
}

/** The cells of a table's rows, without its head; a `\|` is no border. */
export function rows(table: string): string[][] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter(([first = '']) => !/^:?-+:?$/.test(first))
    .slice(1);
}

/** The tables of a page. */
export function tables(markdown: string): string[] {
  return prose(markdown).match(/(?:^\|.*\n)+/gm) ?? [];
}

/** What stands as code in the first cell of each row. */
export function namedInRows(table: string): string[][] {
  return rows(table).map(([first = '']) =>
    [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}
