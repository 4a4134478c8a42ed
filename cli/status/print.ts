import { createColors } from 'picocolors';
import type { HistoryEntry } from '../../src/status/history';
import type { CommandContext } from '../command-context';
import type { MissingPrompt } from '../deploy/missing-prompts';
import { formatCount, formatMinute, formatTime, oneLine, plainTable } from '../format';
import { wrapLines } from '../wrap-lines';
import type { Status } from './facts';
import type { HeardPrompt } from './prompts';

/** How many keys of one kind are listed, unless --verbose asks for all. */
const SHOWN = 10;

type Look = Pick<CommandContext, 'width' | 'colors'> & { readonly verbose: boolean };

/**
 * The status as text: what is live, S3, the prompts, the last Deployments.
 *
 * @param sync the command that syncs
 */
export function printStatus(status: Status, sync: string, look: Look): string {
  const { bold } = createColors(look.colors);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`Live at ${status.origin}`, liveLines(status)],
    ['Assets and S3', comparisonLines(status, sync)],
    ['Prompts of the call flow', heardLines(status, look)],
    ['Not in the call flow', listed(status.s3.unused, look)],
  ];
  const text = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [bold(oneLine(title)), ...indented(lines, look)].join('\n'));
  const history = `${bold('The last deployments')}\n${historyTable(status.deployments, look)}`;
  return `${[...text, history].join('\n\n')}\n`;
}

function indented(lines: readonly string[], { width }: Look): string[] {
  return lines.flatMap((line) =>
    wrapLines(oneLine(line), width - 4)
      .split('\n')
      .map((part, index) => (index === 0 ? `  ${part}` : `    ${part}`)),
  );
}

function liveLines({ live }: Status): string[] {
  const { buildSid, since, madeBy, functions, otherAssets, prompts } = live;
  const time = since === undefined ? '' : `, since ${formatTime(since)}`;
  const parts = [
    formatCount(functions, 'Function'),
    formatCount(otherAssets, 'other Asset'),
    formatCount(prompts, 'prompt'),
  ];
  return [`${buildSid}${time}`, `made by ${madeBy}: ${parts.join(', ')}`];
}

function comparisonLines({ s3, live }: Status, sync: string): string[] {
  if (s3.problem !== undefined) return s3.problem.split('\n');
  return s3.difference === undefined
    ? [`equal: ${formatCount(live.prompts, 'prompt')}`]
    : [`${s3.difference}. Run: ${sync}`];
}

function heardLines({ s3 }: Status, look: Look): string[] {
  const { heard, missing } = s3;
  if (heard.length === 0) return [];
  const count = (as: HeardPrompt['as']) => heard.filter((prompt) => prompt.as === as).length;
  const counts = [
    `${count('Asset')} as Assets`,
    `${count('proxy')} through the proxy`,
    `${count('words')} as words`,
    ...(count('silence') > 0 ? [`${count('silence')} not at all`] : []),
  ];
  const lines = heard.flatMap((prompt) => {
    const lacking = missing.find(({ key }) => key === prompt.key);
    if (lacking) return missingLine(prompt, lacking);
    const { key, as, why } = prompt;
    return why === undefined ? [] : `${key}: ${CALLERS_HEAR[as]}, because ${why}`;
  });
  return [counts.join(', '), ...listed(lines, look)];
}

const CALLERS_HEAR: Readonly<Record<HeardPrompt['as'], string>> = {
  Asset: 'callers hear its Asset until the next sync, and then its text',
  proxy: 'callers hear it through the proxy',
  words: 'callers hear its text',
  silence: 'callers hear nothing',
};

function missingLine({ key, as }: HeardPrompt, { at, suggestion = '' }: MissingPrompt): string {
  const what = `${key}: the bucket does not have it, and the flow names it in ${at}`;
  return `${what}: ${CALLERS_HEAR[as]}. ${suggestion}`.trimEnd();
}

function listed(lines: readonly string[], { verbose }: Look): readonly string[] {
  if (verbose || lines.length <= SHOWN) return lines;
  return [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more; --verbose lists them`];
}

/** Columns of the table beside the last one. */
const HISTORY_COLUMNS = 56;

function historyTable(deployments: readonly HistoryEntry[], { width }: Look): string {
  const table = plainTable(['when (UTC)', 'Build', 'what changed']);
  for (const { at, buildSid = '—', changes } of deployments) {
    const what = wrapLines(changes.join(', '), Math.max(20, width - HISTORY_COLUMNS));
    table.push([formatMinute(at), buildSid, what]);
  }
  return table.toString().replace(/ +$/gm, '');
}
