import colors from 'picocolors';
import { plainTable } from '../cli/format';
import type { MediaEvent } from '../phone';
import { type Row, servedBy } from './inspector';

/** The request inspector of the bug report, as lines for a terminal. */
export function inspectorTable(rows: readonly Row[]): string {
  const lines = plainTable(['', 'verb', 'what it plays', 'status']);
  rows.forEach(({ verb, plays, step }, index) => {
    const parameters = step.appended === 0 ? '' : ` + ${step.appended} parameters`;
    const signature = step.signed ? ' + signature' : '';
    lines.push([`${index + 1}`, verb, plays + parameters + signature, statusOf(step)]);
  });
  return lines.toString();
}

/** What a caller heard, one medium a line. */
export function callTable(steps: readonly MediaEvent[]): string {
  const lines = plainTable(['verb', 'served by', 'status', 'seconds', 'prompt']);
  for (const step of steps) {
    const seconds = step.durationSeconds?.toFixed(1) ?? '';
    lines.push([step.verb, servedBy(step), statusOf(step), seconds, promptOf(step)]);
  }
  return lines.toString();
}

function statusOf({ status, s3ErrorCode }: MediaEvent): string {
  const text = [status ?? 'no answer', s3ErrorCode].filter(Boolean).join(' ');
  return status !== undefined && status < 300 ? colors.green(text) : colors.red(text);
}

/** The name in a URL that a person recognises; never its query, which is signed. */
function promptOf({ url }: MediaEvent): string {
  const { pathname, searchParams } = new URL(url);
  return searchParams.get('key') ?? pathname;
}
