import { describe, expect, it } from '@jest/globals';
import { blocks, headings, links, namedInRows, readPage, tables } from '../helpers/docs/markdown';

const english = readPage('README.md');
const japanese = readPage('README.ja.md');

/** What a reader types or compares; a comment may be in the reader's language. */
const commands = (markdown: string) =>
  blocks(markdown).map(({ language, text }) => [language, text.replaceAll(/ +# .*$/gm, '')]);

/** All code between backticks, in whatever order the sentences have it. */
const inlineCode = (markdown: string) =>
  new Set([...markdown.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code]) => code));

describe('README.ja.md', () => {
  it('has the headings of README.md, level by level', () => {
    const levels = (markdown: string) => headings(markdown).map(({ level }) => level);
    expect(levels(japanese)).toEqual(levels(english));
  });

  it('has its commands and examples, in the same order', () => {
    expect(commands(japanese)).toEqual(commands(english));
  });

  it('has its tables, row by row', () => {
    expect(tables(japanese).map(namedInRows)).toEqual(tables(english).map(namedInRows));
  });

  it('leads to the same pages', () => {
    const targets = (markdown: string) =>
      new Set(links(markdown).filter((link) => !/^#|^README/.test(link)));
    expect(targets(japanese)).toEqual(targets(english));
  });

  it('names the same commands, variables, files and URLs', () => {
    const region = (code: string | undefined) =>
      !/^(eu-central-1|ap-northeast-1)$/.test(code ?? '');
    const names = (markdown: string) => [...inlineCode(markdown)].filter(region).sort();
    expect(names(japanese)).toEqual(names(english));
  });
});
