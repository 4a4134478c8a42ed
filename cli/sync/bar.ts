import { SingleBar } from 'cli-progress';
import type { Clock } from '../../src/clock';
import type { Reporter } from './reporters';
import { type Planned, Transfer } from './transfer';

/** What a terminal is, to the bar. */
export type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean };

const WIDTH = 20;

/**
 * Draws a bar while files are uploaded, in place of a line for each, and leaves one line of it; all
 * else is told by `lines`. What was refused is in the list at the end.
 */
export function barReporter(
  lines: Reporter,
  terminal: Terminal,
  clock: Pick<Clock, 'now'>,
): Reporter {
  const now = () => clock.now().getTime();
  let active: { readonly bar: SingleBar; readonly transfer: Transfer } | undefined;

  const start = (planned: Planned) => {
    const transfer = new Transfer(planned, now());
    const bar = new SingleBar({
      stream: terminal,
      clearOnComplete: true,
      format: (_, { progress }) => {
        const full = Math.round(progress * WIDTH);
        return `[${'='.repeat(full)}${' '.repeat(WIDTH - full)}] ${transfer.describe(now())}`;
      },
    });
    bar.start(planned.upload, 0);
    active = { bar, transfer };
  };

  const stop = () => {
    if (!active) return;
    const { bar, transfer } = active;
    active = undefined;
    bar.stop();
    if (transfer.files > 0) terminal.write(`Uploaded ${transfer.describe(now())}\n`);
  };

  return {
    progress(progress) {
      if (active?.transfer.count(progress)) {
        active.bar.update(active.transfer.files);
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
