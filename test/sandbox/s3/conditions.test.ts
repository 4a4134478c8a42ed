import { describe, expect, it } from '@jest/globals';
import { evaluateConditions, type Outcome } from '../../../sandbox/s3/conditions';

const stored = { etag: 'abc', lastModified: new Date('2024-05-24T12:00:00.700Z') };
const before = 'Fri, 24 May 2024 11:59:59 GMT';
const same = 'Fri, 24 May 2024 12:00:00 GMT';
const never = 'no date at all';

describe('evaluateConditions', () => {
  it.each<[Record<string, string>, Outcome]>([
    [{}, 'proceed'],
    [{ 'if-match': '"abc"' }, 'proceed'],
    [{ 'if-match': 'abc' }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': '"x", "abc"' }, 'proceed'],
    [{ 'if-match': '"x"' }, 'failed'],
    [{ 'if-match': '' }, 'failed'],
    [{ 'if-match': '"x"', 'if-none-match': '"abc"' }, 'failed'],
    [{ 'if-match': '"abc"', 'if-unmodified-since': before }, 'proceed'],
    [{ 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not modified'],
    [{ 'if-unmodified-since': before }, 'failed'],
    [{ 'if-unmodified-since': same }, 'proceed'],
    [{ 'if-unmodified-since': never }, 'proceed'],
    [{ 'if-none-match': '"abc"' }, 'not modified'],
    [{ 'if-none-match': 'W/"abc"' }, 'not modified'],
    [{ 'if-none-match': '"abcd"' }, 'proceed'],
    [{ 'if-none-match': '"x"', 'if-modified-since': same }, 'proceed'],
    [{ 'if-modified-since': same }, 'not modified'],
    [{ 'if-modified-since': before }, 'proceed'],
    [{ 'if-modified-since': never }, 'proceed'],
  ])('of %j is %s', (headers, outcome) => {
    expect(evaluateConditions(headers, stored)).toBe(outcome);
  });
});
