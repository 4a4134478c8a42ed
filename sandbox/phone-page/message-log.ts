import type { Clock } from '../../src/clock';
import type { CallMessage } from './protocol';

/** How long a call goes on without a page that follows it: a reload takes a second or two. */
const ABSENT_MS = 15_000;

/** All messages of a call, for pages that follow it from its beginning, whenever they come. */
export class MessageLog {
  readonly #messages: CallMessage[] = [];
  readonly #followers = new Set<(message: CallMessage) => void>();
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #onAbsence: () => void;
  #absence = new AbortController();
  #isEnded = false;

  /** @param onAbsence is called when no page has followed the call for a while, and it has not ended */
  constructor(clock: Pick<Clock, 'sleep'>, onAbsence: () => void) {
    this.#clock = clock;
    this.#onAbsence = onAbsence;
    void this.#awaitFollower();
  }

  /** `ended` stays the last message: after it only rows of requests that were sent again are added. */
  add(message: CallMessage): void {
    if (this.#isEnded) {
      if (message.type === 'request') this.#messages.splice(-1, 0, message);
      return;
    }
    this.#messages.push(message);
    for (const follower of this.#followers) follower(message);
    if (message.type !== 'ended') return;
    this.#isEnded = true;
    this.#followers.clear();
    this.#absence.abort();
  }

  /**
   * Tells all that has happened, and then what happens, up to `ended`.
   *
   * @returns what ends it
   */
  follow(follower: (message: CallMessage) => void): () => void {
    for (const message of this.#messages) follower(message);
    if (this.#isEnded) return () => {};
    this.#followers.add(follower);
    this.#absence.abort();
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0 && !this.#isEnded) void this.#awaitFollower();
    };
  }

  async #awaitFollower(): Promise<void> {
    const absence = new AbortController();
    this.#absence = absence;
    await this.#clock.sleep(ABSENT_MS, absence.signal).catch(() => undefined);
    if (!absence.signal.aborted) this.#onAbsence();
  }
}
