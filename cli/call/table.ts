import type { Colors } from 'picocolors/types';
import type { MediaStep, Step, VerbStep, WebhookStep } from '../../phone';
import { plainTable } from '../plain-table';
import { rungOf } from './broken';
import type { Words } from './words';

/** Columns beyond which what is said is cut, unless the words are asked for. */
const SHOWN = 60;

export interface TableOptions {
  readonly colors: Colors;
  /** Prints the words of each step below it; undefined does not. */
  readonly words: Words | undefined;
}

/** A call as lines for a terminal, one a step. Queries are left out: they hold signatures. */
export function callTable(steps: readonly Step[], { colors, words }: TableOptions): string {
  const head = ['', 'verb', 'what', 'status', 'type', 'seconds', 'ms'];
  const table = plainTable(head, ['right', 'left', 'left', 'left', 'left', 'right', 'right']);
  // Of a <Redirect> the request that follows says all.
  const shown = steps.filter(({ kind, verb }) => kind !== 'verb' || verb !== 'Redirect');
  shown.forEach((step, index) => {
    table.push([`${index + 1}`, ...cellsOf(step, colors, words === undefined)]);
    const spoken = words && spokenIn(step, words);
    if (spoken) table.push(['', '', { content: colors.dim(`“${spoken}”`), colSpan: 5 }]);
  });
  return table.toString();
}

function cellsOf(step: Step, colors: Colors, isCut: boolean): string[] {
  if (step.kind === 'verb') return [step.verb, detailOf(step, isCut), '', '', '', ''];
  const { verb, contentType = '', milliseconds } = step;
  const seconds = step.kind === 'media' ? (step.durationSeconds?.toFixed(1) ?? '') : '';
  const what = step.kind === 'media' ? mediumOf(step) : placeOf(step);
  const [type = ''] = contentType.split(';');
  return [verb, what, statusOf(step, colors), type, seconds, milliseconds.toFixed(0)];
}

function statusOf(step: MediaStep | WebhookStep, colors: Colors): string {
  const { status, errorCode } = step;
  const s3ErrorCode = step.kind === 'media' ? step.s3ErrorCode : undefined;
  if (errorCode === undefined) return colors.green(`${status}`);
  const parts = [status ?? 'no answer', s3ErrorCode, `→ error ${errorCode}`];
  return colors.red(parts.filter((part) => part !== undefined).join(' '));
}

/** Where the call is; the rest of its state is of no use to a reader. */
function placeOf({ url }: WebhookStep): string {
  if (!URL.canParse(url)) return url.split('?', 1)[0] ?? '';
  const { pathname, searchParams } = new URL(url);
  const at = searchParams.get('at');
  return at === null ? pathname : `${pathname} at ${at}`;
}

function mediumOf({ url, appended, loop }: MediaStep): string {
  if (!URL.canParse(url)) return url.split('?', 1)[0] ?? '';
  const { pathname, searchParams, hostname } = new URL(url);
  const names = {
    asset: `Asset ${pathname.replace('/audio/', '')}`,
    audio: `proxy ${searchParams.get('key')}`,
    other: `${hostname}${pathname}`,
  };
  const parameters = appended === 0 ? '' : ` + ${appended} parameters`;
  const times = loop === 1 ? '' : ` × ${loop}`;
  return names[rungOf(url) ?? 'other'] + parameters + times;
}

function detailOf({ verb, attributes, text, digits }: VerbStep, isCut: boolean): string {
  if (digits !== undefined) return digits === '' ? 'nothing pressed' : `pressed ${digits}`;
  if (verb.endsWith('Say')) return isCut ? cut(text) : '';
  if (verb === 'Record') return `up to ${attributes.maxLength ?? 3600} s`;
  return text;
}

function spokenIn(step: Step, words: Words): string | undefined {
  if (step.kind === 'media') return words(step);
  return step.kind === 'verb' && step.verb.endsWith('Say') ? step.text : undefined;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= SHOWN ? text : `${characters.slice(0, SHOWN - 1).join('')}…`;
}
