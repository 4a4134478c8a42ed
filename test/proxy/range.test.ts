import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRange } from '../../sandbox/s3/objects';
import { rangeOf } from '../../src/proxy/range';

describe('a Range header', () => {
  it.each([
    [undefined, 10, 'whole'],
    ['bytes=0-4', 10, { first: 0, last: 4 }],
    ['bytes=5-', 10, { first: 5, last: 9 }],
    ['bytes=-3', 10, { first: 7, last: 9 }],
    ['bytes=-30', 10, { first: 0, last: 9 }],
    ['bytes=0-999', 10, { first: 0, last: 9 }],
    ['bytes=9-9', 10, { first: 9, last: 9 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=-1', 0, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=4-0', 10, 'whole'],
    ['bytes=0-1,3-4', 10, 'whole'],
    ['bytes=-', 10, 'whole'],
    [`bytes=0-${'9'.repeat(16)}`, 10, 'whole'],
    ['seconds=0-1', 10, 'whole'],
  ])('%s of %i bytes', (header, size, range) => {
    expect(rangeOf(header, size)).toEqual(range);
  });

  it('is read as the S3 server of the sandbox reads it', () => {
    const number = fc.option(fc.nat(20).map(String), { nil: '' });
    fc.assert(
      fc.property(number, number, fc.nat(15), (from, to, size) => {
        const header = `bytes=${from}-${to}`;
        const theirs = parseRange(header, size);
        const expected =
          typeof theirs === 'string' ? theirs : { first: theirs.start, last: theirs.end };
        expect(rangeOf(header, size)).toEqual(expected);
      }),
    );
  });
});
