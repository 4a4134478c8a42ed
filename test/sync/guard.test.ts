import { describe, expect, it } from '@jest/globals';
import { guardOf } from '../../src/sync/guard';

const known = ['a', 'b', 'c', 'd'];

const guard = (before: string[], after: string[], maxVanishedShare: number, except = '') =>
  guardOf({ known: before, listed: after, selects: (key) => key !== except }, maxVanishedShare);

describe('guardOf', () => {
  it.each<[string[], string[], number]>([
    [known, ['a', 'b', 'c', 'd', 'e'], 0.5],
    [known, ['a', 'b'], 0.5],
    [known, ['a', 'b', 'c', 'd'], 0],
    [known, ['x'], 1],
    [[], ['x'], 0],
  ])('lets %j become %j where %d may vanish', (before, after, maxVanishedShare) => {
    expect(guard(before, after, maxVanishedShare)).toBeUndefined();
  });

  it.each<[string[], number, string]>([
    [['a'], 0.5, '3 of 4 prompts vanished from S3: more than 50 %. Check the bucket, or'],
    [['a', 'b', 'c'], 0, '1 of 4 prompts vanished from S3: more than 0 %'],
    [['a', 'b', 'x', 'y', 'z'], 0.49, '2 of 4 prompts vanished from S3: more than 49 %'],
    [[], 1, 'S3 lists no object, and 4 prompts are live'],
  ])(
    'stops at %j where %d may vanish, and says the numbers',
    (after, maxVanishedShare, message) => {
      expect(guard(known, after, maxVanishedShare)).toContain(message);
    },
  );

  it.each<[string[], number, string]>([
    [known, 0, '1 of 4 prompts are not selected by the globs: more than 0 %. Check the globs'],
    [
      ['a', 'b'],
      0.5,
      '2 of 4 prompts vanished from S3, and 1 of 4 prompts are not selected by the globs: more than 50 %',
    ],
    [['a'], 1, 'S3 lists 1 objects, and the globs select none of them, and 4 prompts are live'],
  ])(
    'tells what the globs leave out from what vanished: %j',
    (after, maxVanishedShare, message) => {
      expect(guard(known, after, maxVanishedShare, 'a')).toContain(message);
    },
  );

  it('counts a prompt that vanished and is not selected either once', () => {
    expect(guard(known, ['b', 'c', 'd'], 0.25, 'a')).toBeUndefined();
  });

  it('stops at an empty bucket even when nothing is live: the prefix may be wrong', () => {
    expect(guard([], [], 0.5)).toContain('Check bucket and prefix');
  });
});
