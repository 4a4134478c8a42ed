import { describe, expect, it } from '@jest/globals';
import { keysNamedBy, selection } from '../../src/sync/selection';

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
