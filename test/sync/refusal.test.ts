import { describe, expect, it } from '@jest/globals';
import type { PromptObject } from '../../src/s3/prompts';
import { isUnplayable, REASONS, type Reason, refusalOf } from '../../src/sync/refusal';
import { object } from '../helpers/sync/values';

const sized = (size: number, storageClass = 'STANDARD'): PromptObject =>
  object('a.mp3', { size, storageClass });

describe('refusalOf', () => {
  it.each<[number, string, number, Reason | undefined]>([
    [25_000_000, 'STANDARD', 25_000_000, undefined],
    [25_000_001, 'STANDARD', 25_000_000, 'too large'],
    [8_000_000, 'STANDARD', 8_000_000, undefined],
    [8_000_001, 'STANDARD', 8_000_000, 'left to the command line'],
    [25_000_001, 'STANDARD', 8_000_000, 'too large'],
    [0, 'STANDARD', 8_000_000, undefined],
    [10, 'GLACIER', 8_000_000, 'archived'],
    [10, 'DEEP_ARCHIVE', 8_000_000, 'archived'],
    [10, 'GLACIER_IR', 8_000_000, undefined],
    [10, 'INTELLIGENT_TIERING', 8_000_000, undefined],
  ])('of %d bytes in %s, where a step carries %d', (size, storageClass, largest, expected) => {
    expect(refusalOf(sized(size, storageClass), largest)).toBe(expected);
  });
});

describe('isUnplayable', () => {
  it.each<[Reason, number, boolean]>([
    ['not audio', 10, true],
    ['archived', 10, true],
    ['no room', 4_000_000, false],
    ['no room', 4_000_001, true],
    ['left to the command line', 8_000_001, true],
    ['too large', 25_000_001, true],
  ])('where it is refused as %s with %d bytes', (reason, size, expected) => {
    expect(isUnplayable(sized(size), reason)).toBe(expected);
  });
});

it('every reason has words', () => {
  for (const words of Object.values(REASONS)) expect(words).toMatch(/^it|^its|^the /);
});
