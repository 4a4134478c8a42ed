import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resultOf } from '../../src/result';
import { inParallel, type ParallelOptions } from '../../src/sync/parallel';

const options: ParallelOptions<number> = {
  concurrency: 3,
  capacity: 100,
  weigh: (item) => item,
  goOn: () => true,
};

interface Done<T> {
  readonly results: T[];
  readonly done: 'all' | 'some' | undefined;
  readonly thrown: unknown;
}

async function collect<T>(steps: AsyncGenerator<T, 'all' | 'some'>): Promise<Done<T>> {
  const results: T[] = [];
  try {
    const done = await resultOf(steps, (result) => results.push(result));
    return { results, done, thrown: undefined };
  } catch (thrown) {
    return { results, done: undefined, thrown };
  }
}

/** Work that ends when it is told to, and remembers what was in work together. */
class Bench {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, (thrown?: Error) => void>();
  work = (item: number): Promise<number> => {
    this.begun.push(item);
    return new Promise((resolve, reject) => {
      this.#ends.set(item, (thrown) => (thrown ? reject(thrown) : resolve(item)));
    });
  };
  get inWork(): number[] {
    return [...this.#ends.keys()];
  }
  async end(item: number, thrown?: Error): Promise<void> {
    this.#ends.get(item)?.(thrown);
    this.#ends.delete(item);
    await new Promise(setImmediate);
  }
}

describe('inParallel', () => {
  it('yields every result and returns "all"', async () => {
    const items = [5, 4, 3, 2, 1];
    const { results, done } = await collect(inParallel(items, options, async (item) => -item));
    expect(results.sort()).toEqual([-1, -2, -3, -4, -5]);
    expect(done).toBe('all');
  });

  it('never has more in work than it may, by number or by weight', async () => {
    const any = fc.record({
      items: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      capacity: fc.integer({ min: 1, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(any, fc.scheduler(), async ({ items, concurrency, capacity }, scheduler) => {
        let inWork: number[] = [];
        const work = async (item: number) => {
          inWork.push(item);
          expect(inWork.length).toBeLessThanOrEqual(concurrency);
          const weight = inWork.reduce((sum, one) => sum + one, 0);
          if (inWork.length > 1) expect(weight).toBeLessThanOrEqual(capacity);
          await scheduler.schedule(Promise.resolve());
          inWork = inWork.toSpliced(inWork.indexOf(item), 1);
          return item;
        };
        const collecting = collect(inParallel(items, { ...options, concurrency, capacity }, work));
        const { results, done, thrown } = await scheduler.waitFor(collecting);
        expect(thrown).toBeUndefined();
        expect(done).toBe('all');
        expect(results.sort()).toEqual([...items].sort());
      }),
    );
  });

  it('works alone on an item that is too heavy', async () => {
    const bench = new Bench();
    const done = collect(inParallel([1, 1000, 2], options, bench.work));
    expect(bench.inWork).toEqual([1]);
    await bench.end(1);
    expect(bench.inWork).toEqual([1000]);
    await bench.end(1000);
    expect(bench.inWork).toEqual([2]);
    await bench.end(2);
    expect(await done).toMatchObject({ results: [1, 1000, 2], done: 'all' });
  });

  it('begins nothing after a failure, and throws it when what is in work has ended', async () => {
    const bench = new Bench();
    const done = collect(inParallel([1, 2, 3, 4], options, bench.work));
    await bench.end(2, new Error('first'));
    await bench.end(3, new Error('second'));
    expect(bench.inWork).toEqual([1]);
    await bench.end(1);
    expect(await done).toMatchObject({ results: [1], thrown: new Error('first') });
    expect(bench.begun).toEqual([1, 2, 3]);
  });

  it('finishes what is in work when time is up, and returns "some"', async () => {
    const bench = new Bench();
    let time = true;
    const done = collect(inParallel([1, 2, 3, 4], { ...options, goOn: () => time }, bench.work));
    time = false;
    for (const item of [3, 1, 2]) await bench.end(item);
    expect(await done).toMatchObject({ results: [3, 1, 2], done: 'some' });
    expect(bench.begun).toEqual([1, 2, 3]);
  });

  it('returns "all" with nothing to do, even when time is up', async () => {
    const none = inParallel([], { ...options, goOn: () => false }, async () => 1);
    expect(await collect(none)).toMatchObject({ results: [], done: 'all' });
  });
});
