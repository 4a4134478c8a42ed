import { describe, expect, it } from '@jest/globals';
import { guardOf } from '../../src/sync/guard';

const known = ['a', 'b', 'c', 'd'];

describe('guardOf', () => {
  it.each<[string[], string[], number]>([
    [known, ['a', 'b', 'c', 'd', 'e'], 0.5],
    [known, ['a', 'b'], 0.5],
    [known, ['a', 'b', 'c', 'd'], 0],
    [known, ['x'], 1],
    [[], ['x'], 0],
  ])('lets %j become %j where %d may vanish', (before, after, maxDelete) => {
    expect(guardOf(before, new Set(after), maxDelete)).toBeUndefined();
  });

  it.each<[string[], number, string]>([
    [['a'], 0.5, '3 of 4 prompts vanished from S3, more than 50 %'],
    [['a', 'b', 'c'], 0, '1 of 4 prompts vanished from S3, more than 0 %'],
    [['a', 'b', 'x', 'y', 'z'], 0.49, '2 of 4 prompts vanished from S3, more than 49 %'],
    [[], 1, 'S3 lists no object, and 4 prompts are live'],
  ])('stops at %j where %d may vanish, and says the numbers', (after, maxDelete, message) => {
    expect(guardOf(known, new Set(after), maxDelete)).toContain(message);
  });

  it('stops at an empty bucket even when nothing is live: the prefix may be wrong', () => {
    expect(guardOf([], new Set(), 0.5)).toContain('Check bucket and prefix');
  });
});
