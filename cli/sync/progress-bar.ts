import { SingleBar } from 'cli-progress';
import type { Clock } from '../../src/clock';
import type { SyncEvent } from '../../src/sync';
import { formatBytes } from '../format';
import type { Reporter } from './messages';

/** Characters of the bar itself. */
const WIDTH = 20;

/**
 * Draws a bar while files are uploaded, in place of a line for each, and leaves one line of it. All
 * else goes to `lines`, which lists refused files at the end.
 */
export function barReporter(
  lines: Reporter,
  terminal: NodeJS.WritableStream,
  clock: Pick<Clock, 'now'>,
): Reporter {
  const nowMs = () => clock.now().getTime();
  let active: { readonly bar: SingleBar; readonly uploads: Uploads } | undefined;

  const start = (planned: Planned) => {
    const uploads = new Uploads(planned, nowMs());
    const bar = new SingleBar({
      stream: terminal,
      clearOnComplete: true,
      format: (_, { progress }) => {
        const full = Math.round(progress * WIDTH);
        return `[${'='.repeat(full)}${' '.repeat(WIDTH - full)}] ${uploads.describe(nowMs())}`;
      },
    });
    bar.start(planned.upload, 0);
    active = { bar, uploads };
  };

  const stop = () => {
    if (!active) return;
    const { bar, uploads } = active;
    active = undefined;
    bar.stop();
    if (uploads.files > 0) terminal.write(`Uploaded ${uploads.describe(nowMs())}\n`);
  };

  return {
    progress(progress) {
      if (active?.uploads.count(progress)) {
        active.bar.update(active.uploads.files);
        return;
      }
      stop();
      lines.progress(progress);
      if (progress.type === 'planned' && progress.upload > 0) start(progress);
    },
    end(ending) {
      stop();
      // The terminal has written ^C, without a line's end.
      if (ending.status === 'interrupted') terminal.write('\n');
      lines.end(ending);
    },
  };
}

type Planned = Extract<SyncEvent, { type: 'planned' }>;

/** Files and bytes of one round of uploads, and its speed. */
class Uploads {
  readonly #planned: Planned;
  readonly #startedAtMs: number;
  #files = 0;
  #bytes = 0;
  #sentBytes = 0;

  constructor(planned: Planned, nowMs: number) {
    this.#planned = planned;
    this.#startedAtMs = nowMs;
  }

  /** Files that are done: uploaded, uploaded before, or refused. */
  get files(): number {
    return this.#files;
  }

  /** Counts what became of one file; false for any other event. */
  count(progress: SyncEvent): boolean {
    const { type } = progress;
    if (type !== 'uploaded' && type !== 'found' && type !== 'refused') return false;
    this.#files++;
    this.#bytes += progress.bytes;
    if (type === 'uploaded') this.#sentBytes += progress.bytes;
    return true;
  }

  /** Such as `3/7 files · 1.2 MB of 4 MB · 2.1 MB/s`: the speed is that of new uploads. */
  describe(nowMs: number): string {
    const { upload, bytes } = this.#planned;
    const seconds = (nowMs - this.#startedAtMs) / 1000;
    const parts = [
      `${this.#files}/${upload} files`,
      `${formatBytes(this.#bytes)} of ${formatBytes(bytes)}`,
    ];
    if (seconds > 0) parts.push(`${formatBytes(Math.round(this.#sentBytes / seconds))}/s`);
    return parts.join(' · ');
  }
}
