import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isTransientStatus,
  OutOfTimeError,
  retryAfterMs,
  type Verdict,
  withRetry,
} from '../src/retry';
import { FakeClock } from './helpers/clock';

const clockWith = (random: number) => new FakeClock({ startMs: 0, random: () => random });

/** Fails so many times, then returns the number of the attempt. */
function failing(times: number) {
  let attempts = 0;
  return async () => {
    attempts++;
    if (attempts <= times) throw new Error(`attempt ${attempts}`);
    return attempts;
  };
}

const again = (): Verdict => ({ retry: true });
const options = { deadline: Number.POSITIVE_INFINITY, attempts: 6 };

describe('withRetry', () => {
  test('the first success is returned', async () => {
    expect(
      await withRetry({ ...options, clock: new FakeClock({ startMs: 0 }) }, again, failing(3)),
    ).toBe(4);
  });

  test('the error of the last attempt is thrown', async () => {
    const trying = withRetry(
      { ...options, clock: new FakeClock({ startMs: 0 }) },
      again,
      failing(6),
    );
    await expect(trying).rejects.toThrow('attempt 6');
  });

  test('no further attempt follows a permanent error', async () => {
    const trying = withRetry(
      { ...options, clock: new FakeClock({ startMs: 0 }) },
      () => ({ retry: false }),
      failing(1),
    );
    await expect(trying).rejects.toThrow('attempt 1');
  });

  test('waits double up to the maximum', async () => {
    const clock = clockWith(1);
    await withRetry({ ...options, attempts: 9, clock }, again, failing(8));
    expect(clock.slept).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  test('waits are spread over the whole time', async () => {
    const clock = clockWith(0.01);
    await withRetry({ ...options, clock }, again, failing(2));
    expect(clock.slept).toEqual([2, 4]);
  });

  test('a wait is at least as long as the verdict says', async () => {
    const clock = new FakeClock({ startMs: 0 });
    await withRetry({ ...options, clock }, () => ({ retry: true, afterMs: 30_000 }), failing(1));
    expect(clock.slept).toEqual([30_000]);
  });

  test('no attempt begins after the deadline', async () => {
    const trying = withRetry(
      { clock: new FakeClock({ startMs: 0 }), deadline: 0, attempts: 6 },
      again,
      failing(0),
    );
    await expect(trying).rejects.toThrow(OutOfTimeError);
  });

  test('no wait ends after the deadline', async () => {
    const any = fc.record({ deadline: fc.nat(20_000), after: fc.nat(8000), times: fc.nat(8) });
    await fc.assert(
      fc.asyncProperty(any, async ({ deadline, after, times }) => {
        const clock = new FakeClock({ startMs: 0 });
        const judge = (): Verdict => ({ retry: true, afterMs: after });
        await withRetry({ clock, deadline, attempts: 6 }, judge, failing(times)).catch(() => {});
        const slept = clock.slept.reduce((sum, wait) => sum + wait, 0);
        expect(slept).toBeLessThan(Math.max(1, deadline));
      }),
    );
  });
});

describe('retryAfterMs', () => {
  const now = new Date('2026-01-02T03:04:05Z');

  test.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    ['9'.repeat(30), undefined],
  ])('%j is %j ms', (value, expected) => expect(retryAfterMs(value, now)).toBe(expected));
});

describe('isTransientStatus', () => {
  test('statuses that another attempt may change are transient', () => {
    const statuses = [200, 400, 401, 403, 404, 409, 412, 429, 500, 501, 502, 503, 504];
    expect(statuses.filter(isTransientStatus)).toEqual([429, 500, 502, 503, 504]);
  });
});
