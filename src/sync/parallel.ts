export interface ParallelOptions<T> {
  /** How many at once. */
  readonly concurrency: number;
  /** The most that the items in work may weigh together; a heavier one goes alone. */
  readonly capacity: number;
  readonly weigh: (item: T) => number;
  /** Whether another item may be begun; items in work are finished either way. */
  readonly goOn: () => boolean;
}

/**
 * Works on items side by side and yields each result as it comes. After a failure nothing more is
 * begun; what is in work is finished before the failure is thrown.
 *
 * @returns whether all items were worked on, or only some
 */
export async function* inParallel<T, R>(
  items: readonly T[],
  { concurrency, capacity, weigh, goOn }: ParallelOptions<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, 'all' | 'some'> {
  const inWork = new Set<Promise<Settled<T, R>>>();
  let weight = 0;
  let next = 0;
  let failure: { readonly thrown: unknown } | undefined;

  const begin = (item: T) => {
    weight += weigh(item);
    const settled: Promise<Settled<T, R>> = work(item).then(
      (result) => ({ item, settled, outcome: { result } }),
      (thrown: unknown) => ({ item, settled, outcome: { thrown } }),
    );
    inWork.add(settled);
  };
  const fits = (item: T) =>
    inWork.size === 0 || (inWork.size < concurrency && weight + weigh(item) <= capacity);

  for (;;) {
    for (let item = items[next]; item !== undefined && !failure; item = items[next]) {
      if (!fits(item) || !goOn()) break;
      begin(item);
      next++;
    }
    if (inWork.size === 0) break;
    const { item, settled, outcome } = await Promise.race(inWork);
    inWork.delete(settled);
    weight -= weigh(item);
    if ('thrown' in outcome) failure ??= outcome;
    else yield outcome.result;
  }
  if (failure) throw failure.thrown;
  return next === items.length ? 'all' : 'some';
}

interface Settled<T, R> {
  readonly item: T;
  readonly settled: Promise<Settled<T, R>>;
  readonly outcome: { readonly result: R } | { readonly thrown: unknown };
}
