import { readFileSync } from 'node:fs';
import type { Colors } from 'picocolors/types';
import type { CallEvent, MediaEvent, VerbEvent, WebhookEvent } from '../../phone';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { parseCallFlow } from '../../src/call-flow/parse';
import { type Flow, layOut } from '../../src/call-flow/steps';
import { messageOf } from '../../src/errors';
import { plainTable } from '../format';

/** Characters of a spoken text that are shown without --say. */
const SHOWN = 60;

export interface TableOptions {
  readonly colors: Colors;
  /** Prints the words of each step below it; undefined does not. */
  readonly texts: PromptTexts | undefined;
}

/** A call as a table, one line a step. Queries are left out: they hold signatures. */
export function callTable(steps: readonly CallEvent[], { colors, texts }: TableOptions): string {
  const head = ['', 'verb', 'what', 'status', 'type', 'seconds', 'ms'];
  const table = plainTable(head, ['right', 'left', 'left', 'left', 'left', 'right', 'right']);
  // The request that follows a <Redirect> shows where it leads.
  const shown = steps.filter(({ kind, verb }) => kind !== 'verb' || verb !== 'Redirect');
  shown.forEach((step, index) => {
    table.push([`${index + 1}`, ...cellsOf(step, colors, texts === undefined)]);
    const spoken = texts && spokenIn(step, texts);
    if (spoken) table.push(['', '', { content: colors.dim(`“${spoken}”`), colSpan: 5 }]);
  });
  return table.toString();
}

function cellsOf(step: CallEvent, colors: Colors, isCut: boolean): string[] {
  if (step.kind === 'verb') return [step.verb, detailOf(step, isCut), '', '', '', ''];
  const { verb, contentType = '', milliseconds } = step;
  const seconds = step.kind === 'media' ? (step.durationSeconds?.toFixed(1) ?? '') : '';
  const what = step.kind === 'media' ? mediumOf(step) : placeOf(step);
  const [type = ''] = contentType.split(';');
  return [verb, what, statusOf(step, colors), type, seconds, milliseconds.toFixed(0)];
}

function statusOf(step: MediaEvent | WebhookEvent, colors: Colors): string {
  const { status, errorCode } = step;
  const s3ErrorCode = step.kind === 'media' ? step.s3ErrorCode : undefined;
  if (errorCode === undefined) return colors.green(`${status}`);
  const parts = [status ?? 'no answer', s3ErrorCode, `→ error ${errorCode}`];
  return colors.red(parts.filter((part) => part !== undefined).join(' '));
}

/** The path, and where in the call flow the call is. */
function placeOf({ url }: WebhookEvent): string {
  if (!URL.canParse(url)) return url.split('?', 1)[0] ?? '';
  const { pathname, searchParams } = new URL(url);
  const at = searchParams.get('at');
  return at === null ? pathname : `${pathname} at ${at}`;
}

function mediumOf({ url, appended, loop }: MediaEvent): string {
  if (!URL.canParse(url)) return url.split('?', 1)[0] ?? '';
  const { pathname, searchParams, hostname } = new URL(url);
  const names = {
    asset: `Asset ${pathname.replace('/audio/', '')}`,
    audio: `proxy ${searchParams.get('key')}`,
    other: `${hostname}${pathname}`,
  };
  const parameters = appended === 0 ? '' : ` + ${appended} parameters`;
  const times = loop === 1 ? '' : ` × ${loop}`;
  return names[mediaSource(url) ?? 'other'] + parameters + times;
}

function detailOf({ verb, attributes, text, digits }: VerbEvent, isCut: boolean): string {
  if (digits !== undefined) return digits === '' ? 'nothing pressed' : `pressed ${digits}`;
  if (verb.endsWith('Say')) return isCut ? cut(text) : '';
  if (verb === 'Record') return `up to ${attributes.maxLength ?? 3600} s`;
  return text;
}

function spokenIn(step: CallEvent, texts: PromptTexts): string | undefined {
  if (step.kind === 'media') return texts(step);
  return step.kind === 'verb' && step.verb.endsWith('Say') ? step.text : undefined;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= SHOWN ? text : `${characters.slice(0, SHOWN - 1).join('')}…`;
}

/** What serves a medium of a deployment of this project; undefined for any other URL. */
export function mediaSource(url: string): 'asset' | 'audio' | undefined {
  const { pathname } = new URL(url);
  if (pathname === '/audio') return 'audio';
  return pathname.startsWith('/audio/') ? 'asset' : undefined;
}

/** The text of a prompt that is played; undefined where it is not known. */
export type PromptTexts = (step: MediaEvent) => string | undefined;

/**
 * The texts of prompts, from the call flow of this folder: a medium's URL names the step that plays
 * it. The texts of another flow's prompts are not known.
 *
 * @param onProblem called where the call flow cannot be read
 */
export function readPromptTexts(onProblem: (problem: string) => void): PromptTexts {
  const flow = readFlow(onProblem);
  return ({ url }) => {
    const step = flow?.steps.get(new URL(url).searchParams.get('at') ?? '');
    return step && 'prompt' in step ? step.prompt?.text : undefined;
  };
}

function readFlow(onProblem: (problem: string) => void): Flow | undefined {
  try {
    return layOut(parseCallFlow(readFileSync(CALL_FLOW_FILE, 'utf8')));
  } catch (thrown) {
    onProblem(messageOf(thrown));
    return undefined;
  }
}
