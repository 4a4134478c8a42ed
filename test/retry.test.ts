import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../src/clock';
import { isPassingStatus, OutOfTimeError, retryAfter, type Verdict, withRetry } from '../src/retry';

/** Time that only sleeping moves, from zero. */
function testClock(random = 0.5): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => new Date(now),
    random: () => random,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** Fails so many times, then gives the number of the try. */
function failing(times: number) {
  let tries = 0;
  return async () => {
    tries++;
    if (tries <= times) throw new Error(`try ${tries}`);
    return tries;
  };
}

const again = (): Verdict => ({ retry: true });
const options = { deadline: Number.POSITIVE_INFINITY, attempts: 6 };

describe('withRetry', () => {
  it('gives the first success', async () => {
    expect(await withRetry({ ...options, clock: testClock() }, again, failing(3))).toBe(4);
  });

  it('throws what the last try threw', async () => {
    const trying = withRetry({ ...options, clock: testClock() }, again, failing(6));
    await expect(trying).rejects.toThrow('try 6');
  });

  it('does not try again what cannot be helped', async () => {
    const trying = withRetry(
      { ...options, clock: testClock() },
      () => ({ retry: false }),
      failing(1),
    );
    await expect(trying).rejects.toThrow('try 1');
  });

  it('doubles its waits up to a cap', async () => {
    const clock = testClock(1);
    await withRetry({ ...options, attempts: 9, clock }, again, failing(8));
    expect(clock.slept).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('spreads its waits over all of the time', async () => {
    const clock = testClock(0.01);
    await withRetry({ ...options, clock }, again, failing(2));
    expect(clock.slept).toEqual([2, 4]);
  });

  it('waits at least as long as it is asked to', async () => {
    const clock = testClock();
    await withRetry({ ...options, clock }, () => ({ retry: true, after: 30_000 }), failing(1));
    expect(clock.slept).toEqual([30_000]);
  });

  it('tries nothing after the deadline', async () => {
    const trying = withRetry({ clock: testClock(), deadline: 0, attempts: 6 }, again, failing(0));
    await expect(trying).rejects.toThrow(OutOfTimeError);
  });

  it('never sleeps past the deadline', async () => {
    const any = fc.record({ deadline: fc.nat(20_000), after: fc.nat(8000), times: fc.nat(8) });
    await fc.assert(
      fc.asyncProperty(any, async ({ deadline, after, times }) => {
        const clock = testClock();
        const judge = (): Verdict => ({ retry: true, after });
        await withRetry({ clock, deadline, attempts: 6 }, judge, failing(times)).catch(() => {});
        const slept = clock.slept.reduce((sum, wait) => sum + wait, 0);
        expect(slept).toBeLessThan(Math.max(1, deadline));
      }),
    );
  });
});

describe('retryAfter', () => {
  const now = new Date('2026-01-02T03:04:05Z');

  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ])('reads %j as %j ms', (value, expected) => expect(retryAfter(value, now)).toBe(expected));
});

describe('isPassingStatus', () => {
  it('is true where another try may help', () => {
    const statuses = [200, 400, 401, 403, 404, 409, 412, 429, 500, 501, 502, 503, 504];
    expect(statuses.filter(isPassingStatus)).toEqual([429, 500, 502, 503, 504]);
  });
});
