import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import {
  anchors,
  blocks,
  code,
  links,
  PAGES,
  prose,
  ROOT,
  readPage,
} from '../helpers/docs/markdown';

const isAddress = (link: string) => /^(https?|mailto):/.test(link);

/** The links of a page to files and headings that are not there. */
function brokenLinks(page: string): string[] {
  return links(readPage(page))
    .filter((link) => !isAddress(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : join(dirname(page), decodeURIComponent(path));
      if (!existsSync(join(ROOT, file))) return true;
      if (anchor === undefined) return false;
      return !anchors(readPage(file)).includes(decodeURIComponent(anchor));
    });
}

describe.each(PAGES)('%s', (page) => {
  it('links only to files and headings that are there', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('names only npm scripts that are there', () => {
    const scripts = v.object({ scripts: v.record(v.string(), v.string()) });
    const known = Object.keys(v.parse(scripts, JSON.parse(readPage('package.json'))).scripts);
    const named = [...code(readPage(page)).matchAll(/\bnpm run (?:--silent |-s )?([a-z][\w:-]*)/g)];
    const unknown = named.map(([, name = '']) => name).filter((name) => !known.includes(name));
    expect(unknown).toEqual([]);
  });

  it('closes each fenced block', () => {
    expect(prose(readPage(page))).not.toContain('```');
    for (const { text } of blocks(readPage(page))) expect(text).not.toBe('');
  });
});

it('leads to each page of docs/ from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of links(readPage(page)).filter((each) => !isAddress(each))) {
      const file = join(dirname(page), link.split('#')[0] ?? '');
      if (file.endsWith('.md') && PAGES.includes(file)) reached.add(file);
    }
  }
  expect(PAGES.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});
