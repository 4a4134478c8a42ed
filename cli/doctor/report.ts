import { createColors } from 'picocolors';
import type { CommandContext } from '../command-context';
import { formatCount, oneLine } from '../format';
import { wrapLines } from '../wrap-lines';
import type { Check, Finding, Status, Visit } from './check';

/** Columns of a status, and of a check's name. */
const STATUS_COLUMNS = 6;
const NAME_COLUMNS = 16;

const WORDS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  warn: 'warn',
  fail: 'FAIL',
  skipped: '–',
};

/**
 * Runs checks at once, and prints the line of each in their order.
 *
 * @returns how many have each status
 */
export async function report(
  checks: readonly Check<unknown>[],
  visit: Visit,
  json: boolean,
  context: CommandContext,
): Promise<Readonly<Record<Status, number>>> {
  const counts: Record<Status, number> = { ok: 0, warn: 0, fail: 0, skipped: 0 };
  const results = checks.map((each) => ({ name: each.name, result: each.result(visit) }));
  for (const { name, result } of results) {
    const { status, message } = await result;
    counts[status] += 1;
    context.write(
      json ? jsonLine(name, { status, message }) : textLines(name, { status, message }, context),
    );
  }
  return counts;
}

function jsonLine(check: string, { status, message }: Finding): string {
  return `${JSON.stringify({ check, status, message })}\n`;
}

/** The line of a check; a message that is too long goes on below. */
function textLines(
  name: string,
  { status, message }: Finding,
  { width, colors }: Pick<CommandContext, 'width' | 'colors'>,
): string {
  const { green, yellow, red, dim } = createColors(colors);
  const color = { ok: green, warn: yellow, fail: red, skipped: dim }[status];
  const indent = STATUS_COLUMNS + NAME_COLUMNS;
  const lines = message
    .split('\n')
    .flatMap((line) => wrapLines(oneLine(line), Math.max(20, width - indent)).split('\n'));
  const [first = '', ...others] = lines;
  const head = color(WORDS[status].padEnd(STATUS_COLUMNS)) + name.padEnd(NAME_COLUMNS) + first;
  return [head.trimEnd(), ...others.map((line) => ' '.repeat(indent) + line)]
    .map((line) => `${line}\n`)
    .join('');
}

/** Such as: 20 ok, 1 warning, 2 failed, 3 not asked. */
export function countsLine({ ok, warn, fail, skipped }: Readonly<Record<Status, number>>): string {
  return [
    `${ok} ok`,
    warn > 0 && formatCount(warn, 'warning'),
    fail > 0 && `${fail} failed`,
    skipped > 0 && `${skipped} not asked`,
  ]
    .filter(Boolean)
    .join(', ');
}
