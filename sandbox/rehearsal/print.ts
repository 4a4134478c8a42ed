import { plainTable } from '../../cli/format';
import { servedBy } from '../inspector';
import type { Chapter } from './story';

/** The chapters of a rehearsal as lines for a terminal. */
export function chapterTable(chapters: readonly Chapter[]): string {
  const lines = plainTable([
    '',
    'step',
    'uploads',
    'prompts in the Build',
    'the caller hears',
    'status',
  ]);
  chapters.forEach(({ step, uploads, prompts, heard: { played, said } }, index) => {
    const by = [...new Set(played.map(servedBy))].join(', ');
    const heard = [
      played.length > 0 && `${played.length} × ${by}`,
      said.length > 0 && `${said.length} × said`,
    ];
    const statuses = [...new Set(played.map(({ status }) => status ?? 'no answer'))].join(', ');
    lines.push([index + 1, step, uploads, prompts, heard.filter(Boolean).join(', '), statuses]);
  });
  return lines.toString();
}
