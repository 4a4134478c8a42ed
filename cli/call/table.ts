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
  /** Prints the text of each event below it; undefined does not. */
  readonly texts: PromptTexts | undefined;
}

/** A call as a table, one line a event. Queries are left out: they hold signatures. */
export function callTable(events: readonly CallEvent[], { colors, texts }: TableOptions): string {
  const head = ['', 'verb', 'what', 'status', 'type', 'seconds', 'ms'];
  const table = plainTable(head, ['right', 'left', 'left', 'left', 'left', 'right', 'right']);
  // The request that follows a <Redirect> shows where it leads.
  const shown = events.filter(({ kind, verb }) => kind !== 'verb' || verb !== 'Redirect');
  shown.forEach((event, index) => {
    table.push([`${index + 1}`, ...cellsOf(event, colors, texts === undefined)]);
    const spoken = texts && spokenIn(event, texts);
    if (spoken) table.push(['', '', { content: colors.dim(`“${spoken}”`), colSpan: 5 }]);
  });
  return table.toString();
}

function cellsOf(event: CallEvent, colors: Colors, isCut: boolean): string[] {
  if (event.kind === 'verb') return [event.verb, detailOf(event, isCut), '', '', '', ''];
  const { verb, contentType = '', milliseconds } = event;
  const seconds = event.kind === 'media' ? (event.durationSeconds?.toFixed(1) ?? '') : '';
  const what = event.kind === 'media' ? mediumOf(event) : placeOf(event);
  const [type = ''] = contentType.split(';');
  return [verb, what, statusOf(event, colors), type, seconds, milliseconds.toFixed(0)];
}

function statusOf(event: MediaEvent | WebhookEvent, colors: Colors): string {
  const { status, errorCode } = event;
  const s3ErrorCode = event.kind === 'media' ? event.s3ErrorCode : undefined;
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

function spokenIn(event: CallEvent, texts: PromptTexts): string | undefined {
  if (event.kind === 'media') return texts(event);
  return event.kind === 'verb' && event.verb.endsWith('Say') ? event.text : undefined;
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
