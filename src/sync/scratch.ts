/** Smaller ones are not worth keeping: bytes. */
const WORTH_KEEPING = 1_000_000;

/** Memory for one object, to be given back only when nobody reads from it any more. */
export interface Loan {
  readonly memory: Buffer<ArrayBuffer>;
  giveBack(): void;
}

/**
 * Lends memory for large objects, and lends it again. What is thrown away instead would stay for
 * long: Node collects tens of megabytes of such garbage before it frees any.
 */
export class Scratch {
  readonly #free: Buffer<ArrayBuffer>[] = [];

  /** @param size bytes */
  lend(size: number): Loan {
    const at = this.#free.findIndex(({ length }) => length >= size);
    const [whole = Buffer.allocUnsafe(size)] = at < 0 ? [] : this.#free.splice(at, 1);
    return {
      memory: whole.subarray(0, size),
      giveBack: () => {
        if (whole.length >= WORTH_KEEPING) this.#free.push(whole);
      },
    };
  }
}
