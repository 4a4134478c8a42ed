import type { CallEvent } from '../../phone';
import type { Clock } from '../../src/clock';

interface HeardNow {
  readonly event: CallEvent;
  readonly sound: number | undefined;
  readonly since: Date;
  readonly end: () => void;
}

/** What the caller of one call hears: a call goes on when it is over. */
export class Hearing {
  /** How long something was heard that was cut short, in seconds. */
  readonly cutSeconds = new Map<CallEvent, number>();
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  #now: HeardNow | undefined;

  constructor(clock: Pick<Clock, 'now' | 'sleep'>) {
    this.#clock = clock;
  }

  /** Resolves when the page reports that a sound was played, or it is cut short. */
  sound(event: CallEvent, sound: number): Promise<void> {
    return new Promise((end) => this.#begin(event, sound, end));
  }

  /** Resolves after some time, or when it is cut short. */
  async pause(event: CallEvent, milliseconds: number): Promise<void> {
    const ended = new AbortController();
    this.#begin(event, undefined, () => ended.abort());
    await this.#clock.sleep(milliseconds, ended.signal).catch(() => undefined);
    this.#now = undefined;
  }

  /** A sound was played to its end. A report about an earlier one is late, and means nothing. */
  played(sound: number): void {
    if (this.#now?.sound === sound) this.#end();
  }

  /** A key or hanging up ends it. */
  cutShort(): void {
    if (!this.#now) return;
    const { event, since } = this.#now;
    this.cutSeconds.set(event, (this.#clock.now().getTime() - since.getTime()) / 1000);
    this.#end();
  }

  #begin(event: CallEvent, sound: number | undefined, end: () => void): void {
    this.#now = { event, sound, since: this.#clock.now(), end };
  }

  #end(): void {
    const ended = this.#now;
    this.#now = undefined;
    ended?.end();
  }
}
