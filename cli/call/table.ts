import type { Colors } from 'picocolors/types';
import wrapAnsi from 'wrap-ansi';
import type { CallEvent, MediaEvent, VerbEvent, WebhookEvent } from '../../phone';
import { parseUrl } from '../../src/url';
import { cutEnd, cutStart, oneLine, plainTable } from '../format';
import type { KnownPrompts } from './prompts';

/** What a call does after a medium that failed: Twilio does not document it. */
export type OnFailure = 'skip' | 'fallback';

export interface TableOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  readonly prompts: KnownPrompts;
  readonly onFailure: OnFailure;
  /** Prints the words of what is played, too, and whole those of what is said. */
  readonly withTexts?: boolean;
}

const HEAD = ['', 'verb', 'what', 'status', 'type', 's', 'ms'];
const ALIGNMENTS = ['right', 'left', 'left', 'left', 'left', 'right', 'right'] as const;

/** Columns of a terminal that all but `what` take, and the least for `what`. */
const OTHER_COLUMNS = 48;
const WHAT_COLUMNS_MIN = 20;
const TYPE_COLUMNS = 5;

/**
 * A call as a table, a line for each event, and further ones for words and failures. Queries are left
 * out: they hold signatures.
 */
export function callTable(events: readonly CallEvent[], options: TableOptions): string {
  const table = plainTable(HEAD, ALIGNMENTS);
  // The request that follows a <Redirect> shows where it leads.
  const shown = events.filter(({ kind, verb }) => kind !== 'verb' || verb !== 'Redirect');
  shown.forEach((event, index) => {
    table.push([`${index + 1}`, ...cellsOf(event, options)]);
  });
  const [head = '', ...rows] = table.toString().split('\n');
  const indent = head.indexOf('what');
  const lines = shown.flatMap((event, index) => {
    const row = rows[index] ?? '';
    const [first, ...more] = detailsOf(event, options, options.width - indent);
    const begun = first === undefined ? row : row.slice(0, indent) + first;
    return [begun, ...more.map((line) => ' '.repeat(indent) + line)];
  });
  return [head, ...lines].map((line) => line.trimEnd()).join('\n');
}

function cellsOf(event: CallEvent, { colors, width, prompts }: TableOptions): string[] {
  if (event.kind === 'verb') return [event.verb, '', '', '', '', ''];
  const { verb, status, errorCode, milliseconds } = event;
  const room = Math.max(WHAT_COLUMNS_MIN, width - OTHER_COLUMNS);
  const what = event.kind === 'media' ? mediumOf(event, prompts, room) : placeOf(event, room);
  const color = errorCode === undefined ? colors.green : colors.red;
  const seconds = event.kind === 'media' ? (event.durationSeconds?.toFixed(1) ?? '') : '';
  const shownStatus = status === undefined ? '' : color(`${status}`);
  return [verb, what, shownStatus, typeOf(event), seconds, milliseconds.toFixed(0)];
}

/** Such as mpeg, of audio/mpeg. */
function typeOf({ contentType = '' }: MediaEvent | WebhookEvent): string {
  const [type = ''] = contentType.split(';');
  return cutEnd(oneLine(type.slice(type.indexOf('/') + 1).trim()), TYPE_COLUMNS);
}

/** The path, and where in the call flow the call is. */
function placeOf({ url }: WebhookEvent, room: number): string {
  const parsed = parseUrl(url);
  if (!parsed) return cutEnd(oneLine(url.split('?', 1)[0] ?? ''), room);
  const { pathname, searchParams } = parsed;
  const at = searchParams.get('at');
  const start = at === null ? '' : `${pathname} at `;
  return start + cutStart(oneLine(at ?? pathname), room - start.length);
}

const SERVED_BY = { asset: 'Asset ', audio: 'proxy ', other: '' } as const;

function mediumOf(event: MediaEvent, prompts: KnownPrompts, room: number): string {
  const { url, appended, loop } = event;
  const served = SERVED_BY[mediaSource(url) ?? 'other'];
  const parameters = appended === 0 ? '' : ` +${appended}`;
  const times = loop === 1 ? '' : ` × ${loop}`;
  const name = cutStart(nameOf(url, prompts), room - (served + parameters + times).length);
  return served + name + parameters + times;
}

/**
 * What a person calls a medium: its S3 key, as far as it is known, otherwise the readable part of its
 * Asset's path; of any other URL host and path.
 */
export function nameOf(url: string, prompts: KnownPrompts): string {
  const parsed = parseUrl(url);
  if (!parsed) return oneLine(url.split('?', 1)[0] ?? '');
  const { pathname, searchParams, hostname } = parsed;
  switch (mediaSource(url)) {
    case 'audio':
      return oneLine(searchParams.get('key') ?? pathname);
    case 'asset':
      return oneLine(prompts.keyOfAsset(pathname) ?? withoutHashes(pathname));
    case undefined:
      return oneLine(hostname + pathname);
  }
}

/** /audio/welcome.<hash>.<hash>.mp3 → welcome.mp3 */
const withoutHashes = (path: string): string =>
  path.replace('/audio/', '').replace(/(\.[0-9a-f]{16}){2}(?=\.|$)/, '');

/**
 * What stands in further lines, or instead of the cells behind the verb.
 *
 * @returns undefined as first line where the row stays as it is
 */
function detailsOf(
  event: CallEvent,
  options: TableOptions,
  room: number,
): readonly [string | undefined, ...string[]] {
  const { colors, withTexts, prompts } = options;
  const quoted = (text: string) =>
    wrapAnsi(`“${oneLine(text)}”`, room, { hard: true })
      .split('\n')
      .map(colors.dim);
  if (event.kind === 'verb') {
    if (!event.verb.endsWith('Say')) return [cutEnd(oneLine(detailOf(event)), room)];
    const [first, ...more] = withTexts ? quoted(event.text) : [cutEnd(oneLine(event.text), room)];
    return [first, ...more, ...inPlaceOf(event, options, room)];
  }
  if (event.kind === 'webhook' && event.errorCode === undefined) {
    return [undefined, ...retriesOf(event, options)];
  }
  const failed = event.errorCode === undefined ? [] : [colors.red(failureOf(event, options))];
  const text = event.kind === 'media' && withTexts ? prompts.textOfMedium(event.url) : undefined;
  return [undefined, ...failed, ...(text === undefined ? [] : quoted(text))];
}

function failureOf(event: MediaEvent | WebhookEvent, { onFailure }: TableOptions): string {
  const code = `error ${event.errorCode}`;
  if (event.kind === 'webhook') return [...attemptsOf(event), code].join(', ');
  const answer = event.status === undefined ? 'no answer' : undefined;
  const parts = [answer, event.s3ErrorCode, code];
  const what = parts.filter((part) => part !== undefined).join(', ');
  return onFailure === 'skip' ? `— silence — ${what}` : what;
}

/** What came of the attempts at a webhook that failed, but for a single status: the row has it. */
function attemptsOf({ failedAttempts, status }: WebhookEvent): readonly string[] {
  const reasons = [...new Set(failedAttempts)].join(', then ');
  if (failedAttempts.length > 1) return [`${failedAttempts.length} attempts: ${reasons}`];
  return reasons === '' || status !== undefined ? [] : [reasons];
}

/** That a webhook answered, but not at once. */
function retriesOf({ failedAttempts }: WebhookEvent, { colors }: TableOptions): string[] {
  if (failedAttempts.length === 0) return [];
  return [
    colors.yellow(`at attempt ${failedAttempts.length + 1}: ${failedAttempts.join(', then ')}`),
  ];
}

/** That a prompt is said although it has a recording. */
function inPlaceOf({ text }: VerbEvent, { prompts, colors }: TableOptions, room: number): string[] {
  const key = prompts.keyOfText(text);
  if (key === undefined) return [];
  const start = 'in place of ';
  return [colors.yellow(start + cutStart(oneLine(key), room - start.length))];
}

function detailOf({ verb, attributes, text, digits }: VerbEvent): string {
  if (digits !== undefined) return digits === '' ? 'nothing pressed' : `pressed ${digits}`;
  return verb === 'Record' ? `up to ${attributes.maxLength ?? 3600} s` : text;
}

/** What serves a medium of a deployment of this project; undefined for any other URL. */
export function mediaSource(url: string): 'asset' | 'audio' | undefined {
  const { pathname = '' } = parseUrl(url) ?? {};
  if (pathname === '/audio') return 'audio';
  return pathname.startsWith('/audio/') ? 'asset' : undefined;
}
