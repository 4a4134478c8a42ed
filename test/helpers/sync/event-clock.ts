import type { Clock } from '../../../src/clock';

const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

interface Sleeper {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock for concurrent tasks, independent of the machine's speed: time moves only when every task
 * sleeps, and then to the next wake-up.
 */
export class EventClock implements Clock {
  #time: number;
  #working = 0;
  #drawn = 0;
  #asleep: Sleeper[] = [];

  /** @param time milliseconds since the epoch */
  constructor(time: number) {
    this.#time = time;
  }

  now(): Date {
    return new Date(this.#time);
  }

  /** Runs a task. Only a task may sleep. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await task();
    } finally {
      this.#rest();
    }
  }

  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#asleep.push({ at: this.#time + milliseconds, wake });
      this.#rest();
    });
  }

  /** Multiples of the golden ratio: spread evenly, and the same in every run. */
  random(): number {
    this.#drawn += 1;
    return (this.#drawn * GOLDEN_RATIO) % 1;
  }

  #rest(): void {
    this.#working--;
    if (this.#working > 0 || this.#asleep.length === 0) return;
    this.#time = Math.min(...this.#asleep.map(({ at }) => at));
    const due = this.#asleep.filter(({ at }) => at === this.#time);
    this.#asleep = this.#asleep.filter(({ at }) => at !== this.#time);
    this.#working = due.length;
    for (const { wake } of due) wake();
  }
}
