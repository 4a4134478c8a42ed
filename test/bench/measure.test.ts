import { describe, expect, test } from '@jest/globals';
import {
  type Contender,
  type MeasurePlan,
  measureInRounds,
  median,
  quantile,
  ratioOf,
} from '../../bench/measure';

/** Numbers in [0, 1), the same ones each time. */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function plan(contenders: readonly Contender[], changes: Partial<MeasurePlan> = {}): MeasurePlan {
  return { contenders, rounds: 20, warmUps: 0, random: sequence(), now: () => 0, ...changes };
}

describe('measureInRounds', () => {
  test('measures each contender once a round, in an order that is drawn anew', async () => {
    const order: string[] = [];
    const contender = (name: string) => ({
      name,
      measure: () => {
        order.push(name);
        return { ms: 1 };
      },
    });
    await measureInRounds(plan([contender('a'), contender('b'), contender('c')]));
    const rounds = Array.from({ length: 20 }, (_, round) => order.slice(3 * round, 3 * round + 3));
    for (const round of rounds) expect([...round].sort()).toEqual(['a', 'b', 'c']);
    expect(new Set(rounds.map(String)).size).toBe(6);
  });

  test('measures one contender twice a round, which shows the noise', async () => {
    let count = 0;
    const a = { name: 'a', measure: () => ({ ms: ++count }) };
    const { rounds } = await measureInRounds(plan([a], { again: 'a', rounds: 1 }));
    expect([...(rounds[0]?.keys() ?? [])].sort()).toEqual(['a', 'a, again']);
    expect(count).toBe(2);
  });

  test('drops the samples of warm-up rounds', async () => {
    let count = 0;
    const a = { name: 'a', measure: () => ({ ms: ++count }) };
    const { rounds } = await measureInRounds(plan([a], { warmUps: 3, rounds: 2 }));
    expect(rounds.map((round) => round.get('a'))).toEqual([{ ms: 4 }, { ms: 5 }]);
  });

  test('begins no round after its time, and ends the first one', async () => {
    let now = 0;
    const measure = () => {
      now += 100;
      return { ms: 100 };
    };
    const a = { name: 'a', measure };
    const { rounds } = await measureInRounds(plan([a], { maxMs: 250, now: () => now }));
    expect(rounds).toHaveLength(3);
  });

  test('calculates a derived contender from the samples of the same round', async () => {
    let ms = 0;
    const { rounds } = await measureInRounds(
      plan(
        [
          { name: 'a', measure: () => ({ ms: ++ms }) },
          { name: 'b', measure: () => ({ ms: 10 }) },
          {
            name: 'both',
            of: ['a', 'b'],
            derive: ([a, b]) => ({ ms: (a?.ms ?? 0) + (b?.ms ?? 0) }),
          },
        ],
        { rounds: 2 },
      ),
    );
    expect(rounds.map((round) => round.get('both')?.ms)).toEqual([11, 12]);
  });

  test('goes on without a contender that fails or is missing, and says why', async () => {
    const { rounds, problems } = await measureInRounds(
      plan([
        { name: 'a', measure: () => ({ ms: 1 }) },
        { name: 'b', measure: () => Promise.reject(new Error('no answer\nand more')) },
        { name: 'c', missing: 'not installed' },
      ]),
    );
    expect(rounds.map((round) => [...round.keys()])).toEqual(Array(20).fill(['a']));
    expect(Object.fromEntries(problems)).toEqual({
      b: 'failed: no answer',
      c: 'missing: not installed',
    });
  });
});

describe('ratioOf', () => {
  test('compares within a round, so that a slow round does not count', () => {
    const rounds = [
      [2, 1],
      [200, 100],
      [3, 1],
    ].map(
      ([a = 0, b = 0]) =>
        new Map([
          ['a', { ms: a }],
          ['b', { ms: b }],
        ]),
    );
    expect(ratioOf(rounds, 'a', 'b', 'ms')).toEqual({ median: 2, low: 2, high: 2.5 });
  });

  test('is undefined where no round has both, or the other is 0', () => {
    expect(ratioOf([new Map([['a', { ms: 1 }]])], 'a', 'b', 'ms')).toBeUndefined();
    const zero = new Map([
      ['a', { ms: 1 }],
      ['b', { ms: 0 }],
    ]);
    expect(ratioOf([zero], 'a', 'b', 'ms')).toBeUndefined();
  });
});

test('a quantile lies linearly between two numbers', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});
