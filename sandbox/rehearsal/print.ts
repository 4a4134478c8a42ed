import { plainTable } from '../../src/table';
import { servedBy } from '../inspector';
import type { Chapter } from './story';

/** The chapters of a rehearsal as lines for a terminal. */
export function chapterTable(chapters: readonly Chapter[]): string {
  const lines = plainTable([
    '',
    'step',
    'uploads',
    'prompts in the Build',
    'the call plays',
    'status',
  ]);
  chapters.forEach(({ step, uploads, prompts, heard }, index) => {
    const plays = [...new Set(heard.map(servedBy))].join(', ');
    const statuses = [...new Set(heard.map(({ status }) => status ?? 'no answer'))].join(', ');
    lines.push([index + 1, step, uploads, prompts, `${heard.length} × ${plays}`, statuses]);
  });
  return lines.toString();
}
