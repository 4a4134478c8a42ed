import type { CommandOutput } from '../command-line';
import type { Progress } from './drive';
import type { Ending } from './ending';
import { lineOf, linesOf, type Occasion, oneLine } from './words';

/** Who tells how a sync goes. */
export interface Reporter {
  progress(progress: Progress): void;
  end(ending: Ending): void;
}

/** One JSON object a line: every event, then the ending. */
export function jsonReporter({ write }: CommandOutput): Reporter {
  const print = (value: Progress | Ending) => write(`${JSON.stringify(value)}\n`);
  return { progress: print, end: print };
}

/** One line an event; what went wrong goes to standard error. */
export function plainReporter({ write, writeError }: CommandOutput, occasion: Occasion): Reporter {
  let lastPlan: string | undefined;

  /** A run plans again after each wait and each Deployment, mostly the same, or nothing. */
  const isNews = (progress: Progress, line: string) => {
    if (progress.type !== 'planned') return true;
    const news = lastPlan === undefined || (line !== lastPlan && progress.upload > 0);
    lastPlan = line;
    return news;
  };
  return {
    progress(progress) {
      const line = lineOf(progress);
      if (isNews(progress, line)) write(`${oneLine(line)}\n`);
    },
    end(ending) {
      const print = ending.status === 'done' ? write : writeError;
      const lines = linesOf(ending, occasion).flatMap((line) => line.split('\n'));
      print(lines.map((line) => `${oneLine(line)}\n`).join(''));
    },
  };
}
