import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/clock';

interface Sleeper {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly wake: () => void;
}

export interface FakeClockOptions {
  /** Milliseconds since the epoch. */
  readonly startMs?: number;
  /** Uniform in [0, 1); always 0.5 by default. */
  readonly random?: () => number;
}

/**
 * The clock of all tests: it stands still until somebody sleeps or sets it.
 *
 * A sleep outside of `during` moves the time and ends at once. Tasks that run in `during`, and
 * together, share the time as they would share a real one: it moves only when every one of them
 * sleeps, and then to the next wake-up, however fast the machine is.
 */
export class FakeClock implements Clock {
  /** Milliseconds since the epoch. */
  time: number;
  /** Milliseconds of each sleep so far. */
  readonly slept: number[] = [];
  readonly random: () => number;
  #working = 0;
  #asleep: Sleeper[] = [];

  constructor({
    startMs = Date.UTC(2026, 0, 2, 3, 4, 5),
    random = () => 0.5,
  }: FakeClockOptions = {}) {
    this.time = startMs;
    this.random = random;
  }

  now(): Date {
    return new Date(this.time);
  }

  forward(seconds: number): void {
    this.time += seconds * 1000;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    if (this.#working === 0) {
      this.time += milliseconds;
      await setImmediate();
      return;
    }
    await new Promise<void>((wake) => {
      this.#asleep.push({ atMs: this.time + milliseconds, wake });
      this.#rest();
    });
  }

  /** Runs a task that shares the time with the others that run so; only such a task may sleep meanwhile. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await task();
    } finally {
      this.#rest();
    }
  }

  #rest(): void {
    this.#working--;
    if (this.#working > 0 || this.#asleep.length === 0) return;
    this.time = Math.min(...this.#asleep.map(({ atMs }) => atMs));
    const due = this.#asleep.filter(({ atMs }) => atMs === this.time);
    this.#asleep = this.#asleep.filter(({ atMs }) => atMs !== this.time);
    this.#working = due.length;
    for (const { wake } of due) wake();
  }
}

const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

/** Random numbers that are spread evenly, and are the same in every run. */
export function evenlySpread(): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return (drawn * GOLDEN_RATIO) % 1;
  };
}
