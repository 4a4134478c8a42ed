import { describe, expect, test } from '@jest/globals';
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  lowerCased,
} from '../../src/sigv4/canonical';

describe('canonicalPath', () => {
  test.each([
    ['an unreserved character that was escaped is plain', '/%41%7e', '/A~'],
    ['an escape is upper case', '/%c3%a9', '/%C3%A9'],
    ['an octet that is no UTF-8 survives', '/%ff%FE', '/%FF%FE'],
    ['a percent sign that escapes nothing is escaped', '/100%/%zz', '/100%25/%25zz'],
    ['an escaped slash is a slash, as in the key', '/a%2Fb%2fc', '/a/b/c'],
    ['a raw plus is a blank', '/a+b%2B', '/a%20b%2B'],
    ['raw characters are escaped', "/é'(😀)", '/%C3%A9%27%28%F0%9F%98%80%29'],
    ['slashes and dots stay', '//a/./../b/', '//a/./../b/'],
  ])('%s', (_, sent, signed) => {
    expect(canonicalPath(sent)).toBe(signed);
  });
});

test('an escaped octet is plain if it is unreserved or a slash, and stays an escape otherwise', () => {
  const octets = Array.from({ length: 256 }, (_, octet) => octet);
  const escapes = octets.map((octet) => octet.toString(16).toUpperCase().padStart(2, '0'));
  for (const [octet, digits] of escapes.entries()) {
    const character = String.fromCharCode(octet);
    const signed = /[A-Za-z0-9\-._~/]/.test(character) ? character : `%${digits}`;
    expect(canonicalPath(`/a%${digits}b`)).toBe(`/a${signed}b`);
    expect(canonicalPath(`/a%${digits.toLowerCase()}b`)).toBe(`/a${signed}b`);
  }
});

describe('canonicalQuery', () => {
  test.each([
    [
      'parameters are sorted by name, then by value',
      'b=2&a-=9&a=2&a=1&B=0',
      'B=0&a=1&a=2&a-=9&b=2',
    ],
    ['encoded names are sorted', 'z=1&é=2', '%C3%A9=2&z=1'],
    ['a bare name gets an equals sign', 'acl&b=', 'acl=&b='],
    ['equals signs in values stay', 'a=b=c', 'a=b%3Dc'],
    ['empty pieces are dropped', '&&a=1&', 'a=1'],
    ['a plus is a blank', 'a+b=c+d', 'a%20b=c%20d'],
    ['the signature is left out', 'X-Amz-Signature=0&x-amz-signature=1', 'x-amz-signature=1'],
    [
      'names that objects inherit are signed',
      '__proto__=1&constructor=2',
      '__proto__=1&constructor=2',
    ],
  ])('%s', (_, sent, signed) => {
    expect(canonicalQuery(sent)).toBe(signed);
  });
});

describe('canonicalHeaders', () => {
  test('names are lower case and sorted, values are trimmed, inner blanks become one', () => {
    const sent = lowerCased({ Range: ' bytes=0-9 ', 'If-None-Match': '"a \t\r\n  b"' });
    expect(canonicalHeaders(sent)).toEqual([
      ['if-none-match', '"a b"'],
      ['range', 'bytes=0-9'],
    ]);
  });

  test('headers that change on the way to S3 are left out', () => {
    const sent = lowerCased({
      'User-Agent': 'TwilioProxy/1.1',
      Connection: 'keep-alive',
      'Sec-Fetch-Mode': 'cors',
      'Proxy-Authorization': 'x',
      Host: 'h',
    });
    expect(canonicalHeaders(sent)).toEqual([['host', 'h']]);
  });

  test('headers that differ by case only are joined, as they arrive as one', () => {
    expect([...lowerCased({ 'X-A': '1', 'x-a': '2' })]).toEqual([['x-a', '1,2']]);
  });
});
