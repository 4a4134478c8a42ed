import type { AudioCacheConfig } from '../config';
import { CACHE_ENTRY_BYTES, REVALIDATION_PAUSE_MS } from '../limits';
import type { Audio } from './audio';
import { freshnessOf } from './cache-control';

interface Entry {
  readonly audio: Audio;
  /** Memory, roughly. */
  readonly bytes: number;
  /** Epoch milliseconds at which S3 last sent the object or called it current. */
  readonly validatedAt: number;
  readonly freshUntil: number;
  readonly staleIfErrorUntil: number;
}

/** What the cache has of an object. */
export interface CachedAudio {
  readonly audio: Audio;
  /** Seconds since S3 last sent the object or called it current. */
  readonly ageSeconds: number;
  /** May be served without a request to S3. */
  readonly isFresh: boolean;
  /** May be served while S3 is unreachable or overloaded (stale-if-error). */
  readonly allowsStaleIfError: boolean;
}

/**
 * Whole objects, in the memory of this process: only those whose bytes were verified. The least
 * recently used ones make room. Not by lru-cache, which was a third of what a cold /audio loads.
 */
export class AudioCache {
  /** The least recently used one is first: a Map keeps the order of insertion. */
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  readonly #freshSeconds: number;
  #bytes = 0;

  constructor({ maxBytes, freshSeconds }: AudioCacheConfig) {
    this.#maxBytes = maxBytes;
    this.#freshSeconds = freshSeconds;
  }

  find(id: string, now: Date): CachedAudio | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    const time = now.getTime();
    return {
      audio: entry.audio,
      ageSeconds: Math.max(0, Math.floor((time - entry.validatedAt) / 1000)),
      isFresh: time < entry.freshUntil,
      allowsStaleIfError: time < entry.staleIfErrorUntil,
    };
  }

  /** Stores what S3 has just sent or called current, unless its Cache-Control forbids that. */
  store(id: string, audio: Audio, now: Date): void {
    this.drop(id);
    const bytes = audio.body.length + id.length + CACHE_ENTRY_BYTES;
    if (bytes > this.#maxBytes) return;
    const freshness = freshnessOf(audio.cacheControl, this.#freshSeconds);
    if (!freshness) return;
    const validatedAt = now.getTime();
    const freshUntil = validatedAt + freshness.freshMs;
    const staleIfErrorUntil = freshUntil + freshness.staleIfErrorMs;
    this.#entries.set(id, { audio, bytes, validatedAt, freshUntil, staleIfErrorUntil });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.drop(oldest);
    }
  }

  /** After a failed revalidation: serves the object for some seconds without another. */
  pauseRevalidation(id: string, now: Date): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const freshUntil = Math.min(now.getTime() + REVALIDATION_PAUSE_MS, entry.staleIfErrorUntil);
    this.#entries.set(id, { ...entry, freshUntil });
  }

  drop(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
  }
}
