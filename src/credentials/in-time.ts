/**
 * Waits for a promise, but not longer than so many milliseconds.
 *
 * @param late makes the error for a promise that has not settled by then
 * @throws what the promise rejects with, or what `late` made
 */
export async function inTime<T>(
  promise: Promise<T>,
  milliseconds: number,
  late: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bell = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([promise, bell]);
  } finally {
    clearTimeout(timer);
  }
}
