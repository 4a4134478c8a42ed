import { formatCount } from '../../../console/format';
import type { RequestRow } from '../protocol';
import { type CallLog, momentsOf, rowsOf } from './call-log';
import { isMedia, SERVER_NAMES } from './requests';

/** What one saw in a call, in sentences that are made of what happened. */
export interface Outcome {
  readonly heard: number;
  readonly silent: number;
  readonly sentences: readonly string[];
}

export function outcomeOf(log: CallLog): Outcome {
  const moments = momentsOf(log);
  const count = (type: string) => moments.filter((moment) => moment.type === type).length;
  const heard = count('sound');
  const silent = count('silence');
  const said = moments.filter(
    (moment) => moment.type === 'say' && moment.inPlaceOf !== undefined,
  ).length;
  const media = rowsOf(log).filter((row) => isMedia(row) && row.replayOf === undefined);
  const unanswered = count('unanswered');
  return {
    heard,
    silent,
    sentences: [
      heardSentence(heard, silent),
      answersSentence(media),
      ...whySentences(media),
      ...(said > 0
        ? [`Twilio read out ${formatCount(said, 'text')} in place of a recording that failed.`]
        : []),
      ...(unanswered > 0
        ? [`${formatCount(unanswered, 'request')} for what to do next failed.`]
        : []),
    ].filter((sentence) => sentence !== ''),
  };
}

function heardSentence(heard: number, silent: number): string {
  const all = heard + silent;
  if (all === 0) return '';
  if (heard === 0) return `The caller heard silence in place of ${formatCount(silent, 'prompt')}.`;
  if (silent === 0) return `The caller heard ${all === 1 ? 'the prompt' : `all ${all} prompts`}.`;
  return `The caller heard ${heard} of ${all} prompts, and silence in place of ${silent}.`;
}

/** Such as "S3 answered 403 to 2 requests, and 200 to 1." */
function answersSentence(media: readonly RequestRow[]): string {
  const servers = [...new Set(media.map(({ servedBy }) => servedBy))];
  const clauses = servers.map((server) => {
    const rows = media.filter(({ servedBy }) => servedBy === server);
    const answered = [...new Set(rows.flatMap(({ status }) => status ?? []))];
    const counts = answered.map((status) => [
      status,
      rows.filter((row) => row.status === status).length,
    ]);
    const unanswered = rows.filter(({ status }) => status === undefined).length;
    return `${SERVER_NAMES[server]} ${list([
      ...counts.map(([status, count = 0], index) =>
        index === 0
          ? `answered ${status} to ${formatCount(count, 'request')}`
          : `${status} to ${count}`,
      ),
      ...(unanswered > 0 ? [`gave no answer to ${formatCount(unanswered, 'request')}`] : []),
    ])}`;
  });
  const [first = '', ...others] = clauses;
  const text = [first, ...others.map(lowerArticle)].join('; ');
  return text === '' ? '' : `${text}.`;
}

function lowerArticle(text: string): string {
  return text.replace(/^(?:The|A)(?= )/, (article) => article.toLowerCase());
}

function whySentences(media: readonly RequestRow[]): readonly string[] {
  const refused = media.filter(({ status }) => status === 403);
  const broken = refused.filter(({ appendedCount }) => appendedCount > 0);
  const intact = media.filter(({ status }) => status === 200);
  const carried = intact.filter(({ appendedCount }) => appendedCount > 0);
  const [mostBroken, mostCarried] = [broken, carried].map((rows) =>
    Math.max(0, ...rows.map(({ appendedCount }) => appendedCount)),
  );
  const presigned = intact.filter(({ servedBy }) => servedBy === 'S3');
  return [
    ...(broken.length > 0
      ? [
          `Twilio had appended ${mostBroken} parameters to ${each(broken.length, refused.length, 'refused URL')}: the signature covers the whole query, and no longer fitted.`,
        ]
      : []),
    ...(carried.length > 0
      ? [
          `Twilio appended ${mostCarried} parameters to ${each(carried.length, media.length, 'URL')}, and that broke nothing: what is appended to these URLs is ignored.`,
        ]
      : []),
    ...(presigned.length > 0 && carried.length === 0
      ? ['Where nothing was appended, the signature fitted.']
      : []),
  ];
}

function each(some: number, all: number, what: string): string {
  if (all === 1) return `the ${what}`;
  return some === all ? `each ${what}` : `${some} of ${all} ${what}s`;
}

function list(items: readonly string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')}, and ${items.at(-1)}`;
}
