import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { GlobError, matchesGlob, parseGlob, splitGlobs } from '../src/glob';

const matches = (glob: string, key: string) => matchesGlob(parseGlob(glob), key);

describe('a glob', () => {
  it.each<[string, string[], string[]]>([
    ['*.mp3', ['a.mp3', '.mp3', '営業 時間.mp3', 'new\nline.mp3'], ['a/b.mp3', 'a.mp3x', 'A.MP3']],
    ['menus/**', ['menus/', 'menus/a', 'menus/a/b'], ['menus', 'menusa', 'x/menus/a']],
    ['**/a.mp3', ['a.mp3', 'x/a.mp3', 'x/y/a.mp3'], ['xa.mp3', 'a.mp3/b']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a']],
    ['**', ['a', 'a/b', '.a/.b', 'a\nb'], []],
    ['a?c', ['abc', 'a営c', 'a😀c'], ['ac', 'a/c', 'abbc']],
    ['[a-c]1', ['a1', 'b1', 'c1'], ['d1', '1', '/1']],
    ['[!a-c]', ['d', '営', '😀'], ['a', '/', 'dd']],
    ['[^a-c-]', ['d'], ['a', '-']],
    ['[\\]\\\\-]', [']', '\\', '-'], ['a']],
    ['{a,b}.{mp3,wav}', ['a.mp3', 'b.wav'], ['ab.mp3', 'a.']],
    ['{a,{b,c}d,}x', ['ax', 'bdx', 'cdx', 'x'], ['bx', 'dx']],
    ['{menus/**,*.wav}', ['menus/a/b', 'a.wav'], ['x/a.wav']],
    ['\\*\\(1\\)\\!', ['*(1)!'], ['a(1)!']],
    ['a.b+$^"#@~]}', ['a.b+$^"#@~]}'], ['axb']],
    ['a\\!', ['a!'], ['a']],
    ['', [''], ['a']],
  ])('%j matches %j, not %j', (glob, matched, others) => {
    expect(matched.filter((key) => matches(glob, key))).toEqual(matched);
    expect(others.filter((key) => matches(glob, key))).toEqual([]);
  });

  it.each([
    ['!*.mp3', 'cannot be negated'],
    ['(a+)+$', '"(" has no meaning in these globs'],
    ['a|b', '"|" has no meaning in these globs'],
    ['@(a|b)', '"(" has no meaning in these globs'],
    ['**.mp3', '"**" stands for whole folders'],
    ['menus**', '"**" stands for whole folders'],
    ['a/***', '"**" stands for whole folders'],
    ['{a,b', '"{" has no "}"'],
    ['{1..3}', 'braces hold at least two'],
    ['[a', '"[" has no "]"'],
    ['[]', 'holds one character at least'],
    ['[z-a]', 'goes up'],
    ['[[:alpha:]]', 'must be written \\['],
    ['a\\', 'needs a character behind it'],
    ['./a', 'without "./"'],
    ['{'.repeat(100_000), 'has 1024 characters at most'],
  ])('%j is refused', (glob, message) => {
    expect(() => parseGlob(glob)).toThrow(GlobError);
    expect(() => parseGlob(glob)).toThrow(message);
  });
});

// A key has no empty folder and none of dots only. It may hold any other character.
const name = fc
  .string({
    unit: fc.constantFrom('a', 'b', '.', '-', '\n', ' ', '(', '[', '営', '*'),
    minLength: 1,
    maxLength: 4,
  })
  .filter((text) => !/^\.{1,2}$/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

const character = fc.constantFrom('a', 'b', '-', '営', '.');
const piece = fc.oneof(
  character,
  fc.constantFrom('*', '?', '[a-c]', '[^a-c]', '[ab]'),
  fc.tuple(character, character, character).map(([a, b, c]) => `{${a},${b}${c}}`),
);
const folder = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((it) => it.join('')),
  },
  fc.constant('**'),
);
const sharedGlob = fc
  .array(folder, { minLength: 1, maxLength: 4 })
  .map((folders) => folders.join('/'))
  // Three asterisks, two dots, and .* mean something else there, and folders of dots are none of a key's.
  .filter((glob) => !/\*\*[^/]|[^/]\*\*|\.[.*]|(^|\/)\.(\/|$)/.test(glob));

describe('the syntax that picomatch shares', () => {
  it('matches the same keys', () => {
    let matched = 0;
    fc.assert(
      fc.property(sharedGlob, path, (glob, key) => {
        const options = { dot: true, flags: 's' };
        const expected = picomatch([glob], options)(key);
        // There, a/** matches a, but */** does not.
        fc.pre(!glob.endsWith('/**') || !picomatch([glob.slice(0, -3)], options)(key));
        matched += expected ? 1 : 0;
        expect([glob, key, matches(glob, key)]).toEqual([glob, key, expected]);
      }),
      { numRuns: 1000 },
    );
    expect(matched).toBeGreaterThan(20);
  });
});

describe('whatever a glob and a key hold', () => {
  it('a glob is refused, or has no more steps than twice its characters', () => {
    const unit = fc.constantFrom(...'*?[]{},!^-\\/ab()|');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (glob) => {
        let steps: number;
        try {
          steps = parseGlob(glob).length;
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GlobError);
          return;
        }
        expect(steps).toBeLessThanOrEqual(2 * glob.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['*a', '*a', 20],
    ['**/', '**/', 20],
    ['{a,aa,*}', '{a,aa,*}', 10],
    ['{,a}', '{,a}', 40],
    ['{*,{*,{*,a}}}', '{*,{*,{*,a}}}', 5],
  ])(
    'a key of 1,024 bytes has each step of %s, many times over, looked at once a character',
    (_, part, times) => {
      const text = `${part.repeat(times)}b`;
      const looks = { count: 0 };
      const glob = parseGlob(text);
      const counted = new Proxy(glob, {
        get(steps, index) {
          looks.count += 1;
          return Reflect.get(steps, index);
        },
      });
      for (const key of ['a'.repeat(1024), 'a/'.repeat(512), '\n'.repeat(1024)]) {
        looks.count = 0;
        expect(matchesGlob(counted, key)).toBe(false);
        expect(looks.count).toBeLessThanOrEqual(2 * (glob.length + 1) * (key.length + 1) + 1);
      }
    },
  );
});

describe('a list of globs', () => {
  it.each([
    ['', []],
    [' , ,', []],
    ['*.mp3, menus/**', ['*.mp3', 'menus/**']],
    ['{a,b}*.mp3,c', ['{a,b}*.mp3', 'c']],
    ['{a,{b,c},d},e', ['{a,{b,c},d}', 'e']],
    ['a\\,b,[,],\\{,}', ['a\\,b', '[,]', '\\{', '}']],
  ])('%j is split into %j', (list, globs) => {
    expect(splitGlobs(list)).toEqual(globs);
  });
});
