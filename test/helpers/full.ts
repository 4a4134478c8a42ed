/** Whether every case of the large matrices is tried, as CI does: `FULL=1`. */
export const FULL = process.env.FULL === '1';

const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

/**
 * A spread of `count` cases, in their order and the same in every run; all of them with `FULL=1`.
 * Multiples of the golden ratio leave gaps of nearly one size and fall in step with no pattern of
 * the list, such as every sixth case being of one kind.
 */
export function sample<T>(all: readonly T[], count: number): readonly T[] {
  if (FULL || all.length <= count) return all;
  const rank = (index: number) => (index * GOLDEN_RATIO) % 1;
  const chosen = new Set(
    all
      .map((_, index) => index)
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, count),
  );
  return all.filter((_, index) => chosen.has(index));
}
