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

/** Such as "S3 answered 403 to 2 requests, and 200 to 1; the proxy answered 200 to 1 request." */
function answersSentence(media: readonly RequestRow[]): string {
  const servers = [...new Set(media.map(({ servedBy }) => servedBy))];
  const clauses = servers.map((server, index) => {
    const name = index === 0 ? SERVER_NAMES[server] : SERVER_NAMES[server].replace(/^The/, 'the');
    return `${name} ${answersOf(media.filter(({ servedBy }) => servedBy === server))}`;
  });
  return clauses.length === 0 ? '' : `${clauses.join('; ')}.`;
}

/** What one server answered, behind its name. */
function answersOf(rows: readonly RequestRow[]): string {
  const statuses = [...new Set(rows.flatMap(({ status }) => status ?? []))];
  // What was refused comes first.
  statuses.sort((a, b) => b - a);
  const answers = statuses.map((status, index) => {
    const count = rows.filter((row) => row.status === status).length;
    return index === 0
      ? `answered ${status} to ${formatCount(count, 'request')}`
      : `${status} to ${count}`;
  });
  const unanswered = rows.filter(({ status }) => status === undefined).length;
  const silence = `gave no answer to ${formatCount(unanswered, 'request')}`;
  return list(unanswered === 0 ? answers : [...answers, silence]);
}

function whySentences(media: readonly RequestRow[]): readonly string[] {
  const refused = media.filter(({ servedBy, status }) => servedBy === 'S3' && status === 403);
  const played = media.filter(({ status }) => status === 200);
  const hasMore = ({ appendedCount }: RequestRow) => appendedCount > 0;
  const broken = refused.filter(hasMore);
  const carried = played.filter(hasMore);
  const [{ appendedCount = 0 } = {}] = [...broken, ...carried];
  const sentences: string[] = [];
  if (broken.length > 0) {
    const urls = each(broken.length, refused.length, 'refused URL');
    sentences.push(
      `Twilio had appended ${appendedCount} parameters to ${urls}: the signature covers the whole query, and no longer fitted.`,
    );
  }
  if (carried.length > 0) {
    const urls = each(carried.length, media.length, 'URL');
    sentences.push(
      `Twilio appended ${appendedCount} parameters to ${urls}, and that broke nothing: what is appended to these URLs is ignored.`,
    );
  }
  if (played.some((row) => row.servedBy === 'S3' && !hasMore(row))) {
    sentences.push('Where nothing was appended, the signature fitted.');
  }
  return sentences;
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
