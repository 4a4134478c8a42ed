import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { parseCallFlow } from '../../src/call-flow/parse';
import { blocks, code, PAGES, ROOT, readPage } from '../helpers/docs/markdown';

describe('the README', () => {
  it('shows a whole call flow that is valid', () => {
    const [example] = blocks(readPage('README.md')).filter(({ language }) => language === 'json');
    const { menus } = parseCallFlow(example?.text ?? '');
    expect(Object.keys(menus)).toEqual(['main']);
  });
});

/** The commands of a page with options behind `--`, such as `npm run sync -- --json`. */
function commandsWithOptions(page: string): { script: string; options: string[] }[] {
  const lines = code(readPage(page)).replaceAll(/\\\n\s*/g, ' ');
  const commands = lines.matchAll(
    /npm (?:run (?:--silent |-s )?([a-z][\w:-]*)|(start)) -- ([^|&;#\n`]*)/g,
  );
  return [...commands].map(([, run, start, words = '']) => ({
    script: run ?? start ?? '',
    options: words.match(/(?<![\w-])--[a-z][\w-]*/g) ?? [],
  }));
}

describe('the options that the pages name', () => {
  const named = new Map<string, Set<string>>();
  for (const page of PAGES.filter((each) => each !== 'CHANGELOG.md')) {
    for (const { script, options } of commandsWithOptions(page)) {
      for (const option of options) named.set(script, (named.get(script) ?? new Set()).add(option));
    }
  }
  // Jest has a help of its own.
  named.delete('test');

  it('are those of many commands', () => {
    expect([...named.keys()]).toEqual(expect.arrayContaining(['deploy', 'sync', 'call', 'number']));
  });

  const { scripts } = v.parse(
    v.object({ scripts: v.record(v.string(), v.string()) }),
    JSON.parse(readPage('package.json')),
  );

  it.each([...named.keys()])('stand in the help of npm run %s', (script) => {
    // Without the build before it, which would replace what other tests read.
    const program = scripts[script]?.split('&&').at(-1) ?? '';
    const { stdout } = spawnSync(`${program} --help`, { cwd: ROOT, shell: true, encoding: 'utf8' });
    const known: readonly string[] = stdout.match(/--[a-z][\w-]*/g) ?? [];
    const unknown = [...(named.get(script) ?? [])].filter((option) => !known.includes(option));
    expect([script, unknown]).toEqual([script, []]);
  });
});
