import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SLICE_WORK_MS } from '../../src/limits';
import { resultOf } from '../../src/result';
import { debounce, msUntilQuiet } from '../../src/sync/debounce';
import { FakeClock } from '../helpers/clock';
import { object } from '../helpers/sync/values';

const NOW = new Date('2026-01-02T03:04:05Z');
const QUIET = 3000;

/** Objects that changed so many milliseconds ago. */
function changed(...ages: readonly number[]) {
  return ages.map((age, index) =>
    object(`${index}.mp3`, { lastModified: new Date(NOW.getTime() - age) }),
  );
}

describe('msUntilQuiet', () => {
  it.each<[string, number[], number]>([
    ['nothing changed', [], 0],
    ['the last change is long ago', [3000, 3600_000], 0],
    ['something changed just now', [0], 3000],
    ['something changed a second ago', [1000, 10_000], 2000],
    ['the first change of a long burst has waited for long', [0, 30_000], 0],
    ['S3’s clock is a little ahead', [-2000], 3000],
    ['S3’s clock tells nothing', [-60_001], 0],
  ])('when %s', (_, ages, expected) => {
    expect(msUntilQuiet(changed(...ages), QUIET, NOW)).toBe(expected);
  });

  it('is zero when no debounce is set', () => {
    expect(msUntilQuiet(changed(0, -1000), 0, NOW)).toBe(0);
  });

  it('is never longer than the debounce', () => {
    const ages = fc.array(fc.integer({ min: -100_000, max: 100_000 }));
    fc.assert(
      fc.property(ages, fc.nat(20_000), (all, quiet) => {
        const wait = msUntilQuiet(changed(...all), quiet, NOW);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(quiet);
      }),
    );
  });
});

describe('a run that waits until the bucket is quiet', () => {
  async function waitFor(budgetMs: number) {
    const clock = new FakeClock({ startMs: NOW.getTime(), random: () => 0 });
    const deadline = NOW.getTime() + budgetMs;
    const waiting = debounce(changed(0), { clock, deadline, debounceMs: QUIET });
    const outcome = await resultOf(waiting);
    return { outcome, sleptMs: clock.now().getTime() - NOW.getTime() };
  }

  it('goes on after it where it then has time to publish something', async () => {
    const { outcome, sleptMs } = await waitFor(QUIET + SLICE_WORK_MS + 1);
    expect({ outcome, sleptMs }).toEqual({ outcome: { status: 'again' }, sleptMs: QUIET });
  });

  it('ends before it otherwise, and says when the next slice is to begin', async () => {
    const { outcome, sleptMs } = await waitFor(QUIET + SLICE_WORK_MS);
    const pending = { status: 'pending', reason: 'quiet', retryAfter: QUIET };
    expect({ outcome, sleptMs }).toEqual({ outcome: pending, sleptMs: 0 });
  });
});
