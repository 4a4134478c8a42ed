/** Clock and random source, injectable for tests. */
export interface Clock {
  now(): Date;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** The real ones. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => timers().setTimeout(milliseconds, undefined, { signal }),
  random: Math.random,
};

/** Loaded by the first wait, which most cold Functions do not have. */
const timers = () => process.getBuiltinModule('node:timers/promises');
