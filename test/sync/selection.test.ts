import { describe, expect, it } from '@jest/globals';
import { MANIFEST_REFUSALS } from '../../src/limits';
import type { PromptObject } from '../../src/s3/prompts';
import {
  isUnplayable,
  keysNamedBy,
  type Reason,
  refusalOf,
  refusalsToRemember,
  type SkippedKey,
  selection,
} from '../../src/sync/selection';
import { object } from '../helpers/sync/values';

const keys = [
  'p/hello.mp3',
  'p/.hidden.mp3',
  'p/sub/hello.wav',
  'p/sub/deep/notes.txt',
  'p/営業 時間.mp3',
  'p/{a,b}[1].mp3',
  'p/new\nline.mp3',
];

describe('selection', () => {
  it.each<[string[], string[], string[]]>([
    [[], [], keys],
    [
      ['*.mp3'],
      [],
      ['p/hello.mp3', 'p/.hidden.mp3', 'p/営業 時間.mp3', 'p/{a,b}[1].mp3', 'p/new\nline.mp3'],
    ],
    [
      ['**/*.{mp3,wav}'],
      ['.*'],
      ['p/hello.mp3', 'p/sub/hello.wav', 'p/営業 時間.mp3', 'p/{a,b}[1].mp3', 'p/new\nline.mp3'],
    ],
    [[], ['**'], []],
    [['sub/**', 'hello.mp3'], ['**/*.txt'], ['p/hello.mp3', 'p/sub/hello.wav']],
    [['営業*'], [], ['p/営業 時間.mp3']],
    [['\\{a,b\\}\\[1\\].mp3'], [], ['p/{a,b}[1].mp3']],
    [['p/**'], [], []],
  ])('includes %j without %j', (include, exclude, expected) => {
    expect(keys.filter(selection('p/', include, exclude))).toEqual(expected);
  });
});

describe('keysNamedBy', () => {
  it('finds the keys of prompts, however deep', () => {
    const flow = { steps: [{ say: { key: 'a.mp3', text: 'A' } }, [{ key: 'b.mp3' }]], key: 1 };
    expect(keysNamedBy(JSON.stringify(flow))).toEqual(new Set(['a.mp3', 'b.mp3']));
  });

  it.each(['', 'not JSON', '{"key":"a.mp3"', 'null', '[]', '"key"'])('finds none in %j', (flow) => {
    expect(keysNamedBy(flow)).toEqual(new Set());
  });
});

const sized = (size: number, storageClass = 'STANDARD'): PromptObject =>
  object('a.mp3', { size, storageClass });

describe('refusalOf', () => {
  it.each<[number, string, number, Reason | undefined]>([
    [25_000_000, 'STANDARD', 25_000_000, undefined],
    [25_000_001, 'STANDARD', 25_000_000, 'too large'],
    [8_000_000, 'STANDARD', 8_000_000, undefined],
    [8_000_001, 'STANDARD', 8_000_000, 'left to the command line'],
    [25_000_001, 'STANDARD', 8_000_000, 'too large'],
    [0, 'STANDARD', 8_000_000, undefined],
    [10, 'GLACIER', 8_000_000, 'archived'],
    [10, 'DEEP_ARCHIVE', 8_000_000, 'archived'],
    [10, 'GLACIER_IR', 8_000_000, undefined],
    [10, 'INTELLIGENT_TIERING', 8_000_000, undefined],
  ])('of %d bytes in %s, where a step carries %d', (size, storageClass, largest, expected) => {
    expect(refusalOf(sized(size, storageClass), largest)).toBe(expected);
  });
});

it('refusalOf refuses a key by its ending, whatever else its object is', () => {
  expect(refusalOf({ ...sized(26_000_000, 'GLACIER'), key: 'notes.txt' }, 8_000_000)).toBe(
    'not audio',
  );
});

it.each<[string, number, Reason]>([
  ['hello.ulaw', 10, 'not recognised'],
  ['HELLO.GSM', 8_000_001, 'not recognised'],
  ['long.gsm', 25_000_001, 'too large'],
])('refusalOf refuses %s of %d bytes as %s: its bytes would tell nothing', (key, size, reason) => {
  expect(refusalOf({ ...sized(size), key }, 8_000_000)).toBe(reason);
});

describe('refusalsToRemember', () => {
  const refused = (key: string, reason: Reason, unplayable = true): SkippedKey => ({
    key,
    etag: '"e"',
    reason,
    unplayable,
  });
  const keysOf = (skipped: readonly SkippedKey[], flowKeys: readonly string[] = []) => [
    ...refusalsToRemember(skipped, [new Set(flowKeys)]).keys(),
  ];

  it('holds what was not recognised, so that it is not fetched again, unless its ending tells', () => {
    const skipped = [
      refused('odd.mp3', 'not recognised', false),
      refused('a.ulaw', 'not recognised', false),
      refused('long.ulaw', 'not recognised'),
    ];
    expect(keysOf(skipped).sort()).toEqual(['long.ulaw', 'odd.mp3']);
  });

  it('leaves out what an ending tells, and what the proxy can play', () => {
    const skipped = [
      refused('notes.txt', 'not audio'),
      refused('fake.mp3', 'not audio'),
      refused('small.mp3', 'no room', false),
      refused('cold.mp3', 'archived'),
      refused('typo.mp3', 'missing'),
    ];
    expect(keysOf(skipped).sort()).toEqual(['cold.mp3', 'fake.mp3', 'typo.mp3']);
  });

  it('leaves out what an ending tells, though the call flow names it', () => {
    expect(keysOf([refused('notes.txt', 'not audio')], ['notes.txt'])).toEqual([]);
  });

  it('stays small whatever the bucket holds, and leaves out the least important', () => {
    const many = Array.from({ length: 5000 }, (_, index) => refused(`${index}.mp3`, 'archived'));
    const skipped = [
      ...many,
      refused('0 odd.mp3', 'not recognised', false),
      refused('z not audio.mp3', 'not audio'),
      refused('z named.mp3', 'too large'),
      refused('z typo.mp3', 'missing'),
    ];
    const keys = keysOf(skipped, ['z named.mp3', 'z typo.mp3']);
    expect(keys).toHaveLength(MANIFEST_REFUSALS);
    expect(keys.slice(0, 4)).toEqual(['z named.mp3', 'z typo.mp3', 'z not audio.mp3', '0.mp3']);
  });
});

describe('isUnplayable', () => {
  it.each<[Reason, number, boolean]>([
    ['not audio', 10, true],
    ['not recognised', 4_000_000, false],
    ['not recognised', 4_000_001, true],
    ['archived', 10, true],
    ['no room', 4_000_000, false],
    ['no room', 4_000_001, true],
    ['left to the command line', 8_000_001, true],
    ['too large', 25_000_001, true],
  ])('where it is refused as %s with %d bytes', (reason, size, expected) => {
    expect(isUnplayable(sized(size), reason)).toBe(expected);
  });
});
