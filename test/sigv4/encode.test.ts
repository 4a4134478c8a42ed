import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPath } from '../../src/sigv4/canonical';
import { encodeKey } from '../../src/sigv4/encode';
import { key, RUNS } from '../helpers/sigv4/arbitraries';

describe('encodeKey', () => {
  test.each([
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
  ])('the key %j has the path %j', (given, path) => {
    expect(encodeKey(given)).toBe(path);
  });

  test.each(['.', '..', 'a/./b', 'a/..', '../a', 'a/../b'])(
    'the key %j is refused: URL parsers resolve its dot segments',
    (given) => {
      expect(() => encodeKey(given)).toThrow(RangeError);
      expect(() => encodeKey(given)).toThrow('rename the object');
    },
  );

  test('half of a surrogate pair is refused: it has no UTF-8', () => {
    expect(() => encodeKey('a\ud83d')).toThrow(RangeError);
    expect(() => encodeKey('\ude00b')).toThrow('surrogate');
  });

  test('an empty key is refused: it would address the bucket', () => {
    expect(() => encodeKey('')).toThrow(RangeError);
  });

  test('a path decodes to its key, and neither WHATWG URL nor signing changes it', () => {
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
