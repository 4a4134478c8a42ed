import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPath, encodeKey } from '../../src/sigv4';
import { key, RUNS } from '../helpers/sigv4/arbitraries';

describe('encodeKey', () => {
  it.each([
    ['prompts/welcome.mp3', '/prompts/welcome.mp3'],
    ['a b+c.mp3', '/a%20b%2Bc.mp3'],
    ["it's (new)*!.mp3", '/it%27s%20%28new%29%2A%21.mp3'],
    ['100%41.mp3', '/100%2541.mp3'],
    ['-._~', '/-._~'],
    ['q?a=1&b#c', '/q%3Fa%3D1%26b%23c'],
    ['日本😀', '/%E6%97%A5%E6%9C%AC%F0%9F%98%80'],
    ['/leading//double/', '//leading//double/'],
    ['..a/.b/...', '/..a/.b/...'],
    ['%2e%2e/x', '/%252e%252e/x'],
  ])('writes the key %j as %j', (given, path) => {
    expect(encodeKey(given)).toBe(path);
  });

  it.each(['.', '..', 'a/./b', 'a/..', '../a', 'a/../b'])(
    'refuses the dot segments of %j, as URL parsers resolve them',
    (given) => {
      expect(() => encodeKey(given)).toThrow(RangeError);
      expect(() => encodeKey(given)).toThrow('rename the object');
    },
  );

  it('refuses half of a surrogate pair, which has no UTF-8', () => {
    expect(() => encodeKey('a\ud83d')).toThrow(RangeError);
    expect(() => encodeKey('\ude00b')).toThrow('surrogate');
  });

  it('refuses an empty key, which would address the bucket', () => {
    expect(() => encodeKey('')).toThrow(RangeError);
  });

  it('gives a path that decodes to the key, that WHATWG URL leaves as it is and that is signed as it is', () => {
    fc.assert(
      fc.property(key, (each) => {
        const path = encodeKey(each);
        expect(decodeURIComponent(path)).toBe(`/${each}`);
        expect(new URL(`http://host${path}`).pathname).toBe(path);
        expect(canonicalPath(path)).toBe(path);
      }),
      { numRuns: RUNS },
    );
  });
});
