import { LRUCache } from 'lru-cache';
import type { AudioCacheConfig } from '../config';
import type { Audio } from './audio';
import { freshnessOf } from './freshness';

interface Entry {
  readonly audio: Audio;
  /** Epoch milliseconds at which S3 said that it is the current one. */
  readonly confirmedAt: number;
  readonly freshUntil: number;
  readonly servableUntil: number;
}

/** What is in memory of an object. */
export interface Kept {
  readonly audio: Audio;
  /** Seconds since S3 said that it is the current one. */
  readonly age: number;
  /** May be served without asking S3. */
  readonly fresh: boolean;
  /** May be served where S3 cannot be asked. */
  readonly servable: boolean;
}

/** What an entry takes besides its body, roughly. */
const OVERHEAD = 1000;

/** Milliseconds for which S3 is left alone after it could not be asked. */
const PAUSE = 5000;

/** Whole objects, in the memory of this process; the least recently used ones make room. */
export class AudioCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #seconds: number;

  constructor({ maxBytes, freshSeconds }: AudioCacheConfig) {
    this.#seconds = freshSeconds;
    this.#entries = new LRUCache({
      // 0 would be no limit; what is larger than all is not kept.
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ audio }, id) => audio.body.length + id.length + OVERHEAD,
    });
  }

  find(id: string, now: Date): Kept | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    const { audio, confirmedAt, freshUntil, servableUntil } = entry;
    const time = now.getTime();
    return {
      audio,
      age: Math.max(0, Math.floor((time - confirmedAt) / 1000)),
      fresh: time < freshUntil,
      servable: time < servableUntil,
    };
  }

  /** Keeps what S3 has just sent or confirmed, unless its Cache-Control forbids that. */
  keep(id: string, audio: Audio, now: Date): void {
    const freshness = freshnessOf(audio.cacheControl, this.#seconds);
    if (!freshness) {
      this.drop(id);
      return;
    }
    const confirmedAt = now.getTime();
    const freshUntil = confirmedAt + freshness.fresh;
    this.#entries.set(id, {
      audio,
      confirmedAt,
      freshUntil,
      servableUntil: freshUntil + freshness.stale,
    });
  }

  /** S3 could not be asked: spares the next callers the wait. */
  postpone(id: string, now: Date): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const freshUntil = Math.min(now.getTime() + PAUSE, entry.servableUntil);
    this.#entries.set(id, { ...entry, freshUntil });
  }

  drop(id: string): void {
    this.#entries.delete(id);
  }
}
