import Table from 'cli-table3';
import colors from 'picocolors';
import type { MediaStep } from '../src/phone';
import { type Row, servedBy } from './inspector';

const NO_BORDERS = {
  ...Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'].map(
      (side) => [side, ''],
    ),
  ),
  ...Object.fromEntries(
    ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'].map(
      (side) => [side, ''],
    ),
  ),
};

export function table(head: string[]): Table.Table {
  return new Table({
    head,
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
  });
}

/** The request inspector of the bug report, as lines for a terminal. */
export function inspectorTable(rows: readonly Row[]): string {
  const lines = table(['', 'verb', 'what it plays', 'status']);
  rows.forEach(({ verb, plays, step }, index) => {
    const parameters = step.appended === 0 ? '' : ` + ${step.appended} parameters`;
    const signature = step.signed ? ' + signature' : '';
    lines.push([`${index + 1}`, verb, plays + parameters + signature, statusOf(step)]);
  });
  return lines.toString();
}

/** What a caller heard, one medium a line. */
export function callTable(steps: readonly MediaStep[]): string {
  const lines = table(['verb', 'served by', 'status', 'seconds', 'prompt']);
  for (const step of steps) {
    const seconds = step.durationSeconds?.toFixed(1) ?? '';
    lines.push([step.verb, servedBy(step), statusOf(step), seconds, promptOf(step)]);
  }
  return lines.toString();
}

function statusOf({ status, s3ErrorCode }: MediaStep): string {
  const text = [status ?? 'no answer', s3ErrorCode].filter(Boolean).join(' ');
  return status !== undefined && status < 300 ? colors.green(text) : colors.red(text);
}

/** The name in a URL that a person recognises; never its query, which is signed. */
function promptOf({ url }: MediaStep): string {
  const { pathname, searchParams } = new URL(url);
  return searchParams.get('key') ?? pathname;
}
