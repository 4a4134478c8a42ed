import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalQuery, canonicalUri, parseTarget } from '../../../sandbox/s3/request-target';

describe('the canonical URI', () => {
  it.each([
    ['/test$file.text', '/test%24file.text'],
    ['/examplebucket/', '/examplebucket/'],
    ['/a//b/./../c', '/a//b/./../c'],
    ["/it's (1)!*", '/it%27s%20%281%29%21%2A'],
    ['/a+b%2Bc', '/a%20b%2Bc'],
    ['/%e6%99%82', '/%E6%99%82'],
    ['/a%2Fb', '/a/b'],
    ['/a~b-c_d.e', '/a~b-c_d.e'],
    ['/100%25', '/100%25'],
    ['/path?query', '/path'],
  ])('of %s is %s', (target, canonical) => {
    expect(canonicalUri(parseTarget(target))).toBe(canonical);
  });
});

describe('the canonical query', () => {
  it.each([
    ['/?max-keys=2&prefix=J', 'max-keys=2&prefix=J'],
    ['/?lifecycle', 'lifecycle='],
    ['/?b=2&a=1', 'a=1&b=2'],
    ['/?a=2&a=1&a=10', 'a=1&a=10&a=2'],
    ['/?B=1&a=1', 'B=1&a=1'],
    ['/?a-b=1&a=2', 'a=2&a-b=1'],
    ['/?prefix=a+b%20c%2B', 'prefix=a%20b%20c%2B'],
    ["/?x=!'()*", 'x=%21%27%28%29%2A'],
    ['/?x=a=b?c/d', 'x=a%3Db%3Fc%2Fd'],
    ['/?&a=1&&', 'a=1'],
    ['/', ''],
  ])('of %s is %s', (target, canonical) => {
    expect(canonicalQuery(parseTarget(target))).toBe(canonical);
  });

  it('changes whenever a parameter is appended', () => {
    const parameter = fc.tuple(fc.string({ minLength: 1 }), fc.string());
    const encode = (parameters: [string, string][]) =>
      `/?${parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;
    const property = fc.property(fc.array(parameter), parameter, (parameters, appended) => {
      const before = canonicalQuery(parseTarget(encode(parameters)));
      const after = canonicalQuery(parseTarget(encode([...parameters, appended])));
      expect(after).not.toBe(before);
    });
    fc.assert(property);
  });
});

describe('parseTarget', () => {
  it.each(['/%', '/%zz', '/%ff', '/?a=%e6%99'])(
    'refuses what is not percent-encoded UTF-8: %s',
    (target) => {
      expect(() => parseTarget(target)).toThrow(URIError);
    },
  );
});
