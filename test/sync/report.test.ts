import { describe, expect, it } from '@jest/globals';
import { NOTHING_DONE, type SkippedPrompt, shortReport } from '../../src/sync/outcome';
import { REASONS } from '../../src/sync/selection';

const skipped = (count: number, key: (index: number) => string): SkippedPrompt[] =>
  REASONS.flatMap((reason) =>
    [true, false].flatMap((unplayable) =>
      Array.from({ length: count }, (_, index) => ({ key: key(index), reason, unplayable })),
    ),
  );

describe('the report of /sync', () => {
  it.each<[string, (index: number) => string]>([
    ['short keys', (index) => `${index}.mp3`],
    ['the longest keys', (index) => `${index}`.padEnd(1024, 'x')],
    ['keys of control characters', (index) => `${index}`.padEnd(1024, '\u0001')],
    ['keys of other scripts', (index) => `${index}`.padEnd(340, '営')],
  ])('stays under 100 kB with thousands of %s, and counts all', (_, key) => {
    const all = skipped(1000, key);
    const report = shortReport({ ...NOTHING_DONE, skipped: all });
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(100_000);
    expect(report.skippedCounts).toHaveLength(2 * REASONS.length);
    for (const { count } of report.skippedCounts ?? []) expect(count).toBe(1000);
  });

  it('lists all keys where there are few, and says so', () => {
    const few = skipped(2, (index) => `${index}.mp3`);
    const report = shortReport({ ...NOTHING_DONE, skipped: few });
    expect(report.skipped).toHaveLength(few.length);
  });

  it('lists the first of each reason where there are many', () => {
    const { skipped: listed } = shortReport({
      ...NOTHING_DONE,
      skipped: skipped(1000, (index) => `${index}.mp3`),
    });
    expect(new Set(listed.map(({ reason }) => reason))).toEqual(new Set(REASONS));
    expect(listed[0]?.key).toBe('0.mp3');
  });
});
