import { describe, expect, test } from '@jest/globals';
import { type Choice, countViews, selectPrompts } from '../../../console/prompts/select';
import type { PromptStatus, StatusResponse } from '../../../src/status/response';

const prompt = (key: string, more: Partial<PromptStatus> = {}): PromptStatus => ({
  key,
  state: 'asset',
  usedBy: ['farewell'],
  ...more,
});

const PROMPTS = [
  prompt('b/Menu 10.mp3', { state: 'missing', problem: 'S3 has no such key. Upload it.' }),
  prompt('b/menu 9.mp3', {
    object: { bytes: 10, lastModified: '2026-01-02T00:00:00.000Z' },
    since: { at: '2026-01-03T00:00:00.000Z', atLeast: false },
    next: 'replace',
  }),
  prompt('a.mp3', {
    state: 'proxy',
    words: 'Grüße aus ＡＢＣ',
    usedBy: [],
    object: { bytes: 30, lastModified: '2026-01-01T00:00:00.000Z' },
  }),
];

function keysOf(choice: Partial<Choice>): string[] {
  return selectPrompts(PROMPTS, { view: 'all', text: '', sort: 'order', ...choice }).map(
    ({ key }) => key,
  );
}

test.each([
  ['all', ['b/Menu 10.mp3', 'b/menu 9.mp3', 'a.mp3']],
  ['asset', ['b/menu 9.mp3']],
  ['spoken', []],
  ['missing', ['b/Menu 10.mp3']],
  ['problem', ['b/Menu 10.mp3']],
  ['next', ['b/menu 9.mp3']],
  ['unused', ['a.mp3']],
] as const)('the view “%s” has %j', (view, keys) => {
  expect(keysOf({ view })).toEqual(keys);
});

describe('the filter', () => {
  test.each([
    ['capitals and blanks at the ends do not matter', ' MENU ', ['b/Menu 10.mp3', 'b/menu 9.mp3']],
    ['each word must be there, in any order', '9 menu', ['b/menu 9.mp3']],
    ['the words of a prompt are looked at', 'grüße', ['a.mp3']],
    ['letters that are written in two ways are the same', 'gru\u0308ße abc', ['a.mp3']],
    ['the problem is looked at', 'upload', ['b/Menu 10.mp3']],
    ['characters of patterns have no meaning', '.*', []],
  ])('%s', (_title, text, keys) => {
    expect(keysOf({ text })).toEqual(keys);
  });

  test('works within a view', () => {
    expect(keysOf({ view: 'missing', text: 'menu' })).toEqual(['b/Menu 10.mp3']);
  });
});

test.each([
  ['name', ['a.mp3', 'b/menu 9.mp3', 'b/Menu 10.mp3']],
  ['changed', ['b/menu 9.mp3', 'a.mp3', 'b/Menu 10.mp3']],
  ['since', ['b/menu 9.mp3', 'b/Menu 10.mp3', 'a.mp3']],
  ['size', ['a.mp3', 'b/menu 9.mp3', 'b/Menu 10.mp3']],
] as const)('by %s the order is %j, and the list itself stays', (sort, keys) => {
  expect(keysOf({ sort })).toEqual(keys);
  expect(keysOf({})).toEqual(['b/Menu 10.mp3', 'b/menu 9.mp3', 'a.mp3']);
});

test('counts are those of all prompts, of which some are not in the list', () => {
  const status: Pick<StatusResponse, 'prompts' | 'counts' | 'leftOut'> = {
    prompts: PROMPTS,
    leftOut: 4,
    counts: { asset: 5, proxy: 1, spoken: 0, missing: 1, unused: 3 },
  };
  expect(countViews(status)).toEqual({
    all: 7,
    asset: 5,
    proxy: 1,
    spoken: 0,
    missing: 1,
    problem: 1,
    next: 1,
    unused: 3,
  });
});
