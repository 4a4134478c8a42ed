import type { Progress } from './drive';
import { bytes } from './words';

export type Planned = Extract<Progress, { type: 'planned' }>;

/** Files and bytes of one round of uploads, and how fast they go. */
export class Transfer {
  readonly #planned: Planned;
  readonly #startedAt: number;
  #files = 0;
  #bytes = 0;
  #sent = 0;

  /** @param now epoch milliseconds */
  constructor(planned: Planned, now: number) {
    this.#planned = planned;
    this.#startedAt = now;
  }

  /** Files that are done with: uploaded, found uploaded, or refused. */
  get files(): number {
    return this.#files;
  }

  /** Counts what became of one file; false for any other event. */
  count(progress: Progress): boolean {
    const { type } = progress;
    if (type !== 'uploaded' && type !== 'found' && type !== 'refused') return false;
    this.#files++;
    this.#bytes += progress.bytes;
    if (type === 'uploaded') this.#sent += progress.bytes;
    return true;
  }

  /**
   * Such as `3/7 files · 1.2 MB of 4.0 MB · 2.1 MB/s`; what was found counts for no speed.
   *
   * @param now epoch milliseconds
   */
  describe(now: number): string {
    const { upload, bytes: size } = this.#planned;
    const seconds = (now - this.#startedAt) / 1000;
    const parts = [`${this.#files}/${upload} files`, `${bytes(this.#bytes)} of ${bytes(size)}`];
    if (seconds > 0) parts.push(`${bytes(Math.round(this.#sent / seconds))}/s`);
    return parts.join(' · ');
  }
}
