import { createColors } from 'picocolors';
import { LISTED_LINES } from '../../src/limits';
import { hasAudioEnding } from '../../src/media-types';
import { REASON_WORDS } from '../../src/status/reasons';
import type { Lack, Reason, SkippedPrompt, SyncEvent, SyncReport, Wait } from '../../src/sync';
import { groupSkipped } from '../../src/sync/outcome';
import { isNotGiven } from '../../src/sync/selection';
import { suggestionSentence } from '../../src/sync/suggestion';
import type { CommandOutput } from '../command-context';
import { formatBytes, formatCount, formatTime, formatWait, oneLine } from '../format';
import type { Ending } from './run-sync';

/** Prints the progress and the ending of a sync. */
export interface Reporter {
  progress(progress: SyncEvent): void;
  end(ending: Ending): void;
}

/** What a sync is part of. A deploy prints its own last lines when its sync fails. */
export type Occasion = 'sync' | 'dry run' | 'deploy';

/** One JSON object a line: every event, then the ending. */
export function jsonReporter({ write }: CommandOutput): Reporter {
  const print = (value: SyncEvent | Ending) => write(`${JSON.stringify(value)}\n`);
  return { progress: print, end: print };
}

/**
 * One line an event; an ending that is not `done` goes to standard error. Long lists are summed up
 * unless `verbose`.
 */
export function lineReporter(
  { write, writeError, colors }: CommandOutput & { readonly colors: boolean },
  occasion: Occasion,
  verbose = false,
): Reporter {
  const { red } = createColors(colors);
  const print = (lines: readonly string[], to: (text: string) => void = write) =>
    to(lines.map((line) => `${oneLine(line)}\n`).join(''));
  const intended: Intended[] = [];
  let lastPlan: string | undefined;

  /** A run plans again after each wait and each Deployment: mostly the same plan, or an empty one. */
  const isNews = (progress: SyncEvent, line: string) => {
    if (progress.type === 'activating') return false;
    if (progress.type !== 'planned') return true;
    const news = lastPlan === undefined || (line !== lastPlan && progress.upload > 0);
    lastPlan = line;
    return news;
  };
  return {
    progress(progress) {
      if (progress.type === 'intended') {
        intended.push(progress);
        return;
      }
      const line = progressLine(progress);
      if (isNews(progress, line)) print([line]);
    },
    end(ending) {
      print(intendedLines(intended, verbose));
      print(endingLines(ending, occasion, verbose), ending.status === 'done' ? write : writeError);
      if (ending.status !== 'done' || ending.report.lacks === undefined) return;
      writeError(`${red(LACK_WORDS[ending.report.lacks])}\n`);
    },
  };
}

type Intended = Extract<SyncEvent, { type: 'intended' }>;

const STEPS = ['upload', 'retain', 'retire'] as const satisfies readonly Intended['step'][];

const INTENTIONS: Readonly<
  Record<Intended['step'], { readonly would: string; readonly what: string }>
> = {
  upload: { would: 'Would upload', what: 'prompts' },
  retain: { would: 'Would keep for calls in progress:', what: 'old versions' },
  retire: { would: 'Would remove', what: 'old versions' },
};

/** What a dry run would do: each thing, or how many there are. */
function intendedLines(intended: readonly Intended[], verbose: boolean): string[] {
  return STEPS.flatMap((step) => {
    const { would, what } = INTENTIONS[step];
    const things = intended.filter((event) => event.step === step).map((event) => event.what);
    return verbose || things.length <= LISTED_LINES
      ? things.map((thing) => `${would} ${thing}`)
      : [`${would} ${things.length} ${what}, such as ${things[0]}; --verbose lists them`];
  });
}

/** What the live Build lacks to answer a call. */
export const LACK_WORDS: Readonly<Record<Lack, string>> = {
  Functions:
    'The live Build has no Functions: no call is answered. It was deployed from a folder that was not built. Run npm run deploy.',
  '/voice':
    'The live Build has a call flow and no /voice: no call is answered. Run npm run deploy.',
};

function progressLine(progress: Exclude<SyncEvent, Intended>): string {
  switch (progress.type) {
    case 'planned':
      return planLine(progress);
    case 'not live':
      return notLiveLine(progress);
    case 'uploaded':
      return `Uploaded ${progress.key} (${formatBytes(progress.bytes)})`;
    case 'found':
      return `Uploaded before: ${progress.key} (${formatBytes(progress.bytes)})`;
    case 'refused':
      return `Refused ${progress.key}: ${reasonWords(progress.reason, progress.detail)}`;
    case 'waiting':
      return progress.for === 'quiet'
        ? `Waiting ${formatWait(progress.milliseconds)}: the bucket changed just now`
        : 'Waiting for the Build of another run';
    case 'building':
      return `${progress.adopted ? 'Taking over' : 'Making'} Build ${progress.buildSid}`;
    case 'activating':
      return `Activating Build ${progress.buildSid}`;
    case 'activated':
      return `Build ${progress.buildSid} is live`;
    case 'moved':
      return 'Another Build became live meanwhile: planning again';
    case 'contended':
      return `Build ${progress.buildSid} was made live in the same moment, by another deploy or a rollback: npm run rollback shows both`;
    case 'cleaned':
      return `Deleted ${formatCount(progress.assets, 'old Asset')}`;
    case 'not cleaned':
      return `Old Assets were not deleted, which harms no call: ${progress.message}`;
    case 'step':
      return `Not done yet: ${WAITS_FOR[progress.reason]}, ${remainderOf(progress.report)}. Asking again in ${formatWait(progress.retryAfter)}`;
  }
}

function planLine({
  keep,
  upload,
  bytes,
  retain,
  retire,
  skip,
  build,
}: Extract<SyncEvent, { type: 'planned' }>): string {
  const parts = [
    `${keep} to keep`,
    `${upload} to upload${upload > 0 ? ` (${formatBytes(bytes)})` : ''}`,
    retain > 0 && `${formatCount(retain, 'old version')} to keep for calls in progress`,
    retire > 0 && `${formatCount(retire, 'old version')} to remove`,
    skip > 0 && `${skip} to skip`,
    build && 'a new Build to publish',
  ];
  return `Plan: ${parts.filter(Boolean).join(', ')}`;
}

export function notLiveLine({
  live,
  prompts,
  buildSid,
  since,
}: Extract<SyncEvent, { type: 'not live' }>): string {
  const time = since ? ` since ${formatTime(since)}` : '';
  return `${live} of ${formatCount(prompts, 'prompt')} are live as S3 has them: Build ${buildSid}, live${time}, does not have the others, as after a rollback or a deploy without a sync`;
}

const WAITS_FOR: Readonly<Record<Wait, string>> = {
  time: 'time is over',
  quiet: 'the bucket changed just now',
  build: 'Twilio is still building',
  limit: 'a limit of Twilio is reached',
};

/** How it ended. The last line says what to do, if there is anything to do. */
function endingLines(ending: Ending, occasion: Occasion, verbose: boolean): string[] {
  const alone = occasion !== 'deploy';
  switch (ending.status) {
    case 'done':
      return [...skippedLines(ending.report, verbose), doneLine(ending.report, occasion)];
    case 'pending': {
      const { reason, report, retryAfter } = ending;
      const advice = alone ? `: run the sync again in ${formatWait(retryAfter)}` : '';
      return [`Not finished, ${WAITS_FOR[reason]}, ${remainderOf(report)}${advice}.`];
    }
    case 'guarded':
      return [
        ...ending.message.split('\n'),
        ...(alone ? [`${changedWords(ending.changed)} To go on all the same: --force`] : []),
      ];
    case 'interrupted':
      return alone ? ['Stopped. The next sync finishes what this one began.'] : [];
    case 'failed':
    case 'misconfigured':
      return ending.message.split('\n');
  }
}

function changedWords(changed: true | undefined): string {
  return changed ? 'What this run had done before stays.' : 'Nothing was changed.';
}

function remainderOf({ remaining }: SyncReport): string {
  return remaining > 0 ? `${formatCount(remaining, 'prompt')} to upload` : 'the Build is not live';
}

function doneLine(
  { prompts, uploaded, remaining, retained, skipped }: SyncReport,
  occasion: Occasion,
): string {
  if (occasion === 'dry run')
    return `Dry run: ${formatCount(remaining, 'prompt')} to upload, nothing was changed.`;
  const old =
    retained > 0 ? `, ${formatCount(retained, 'old version')} kept for calls in progress` : '';
  return `Assets equal S3${exceptionOf(skipped)}: ${formatCount(prompts, 'prompt')}, ${uploaded} uploaded${old}.`;
}

function exceptionOf(skipped: readonly SkippedPrompt[]): string {
  return skipped.some(({ reason }) => isNotGiven(reason)) ? ' but for what it does not give' : '';
}

function reasonWords(reason: Reason, detail: string | undefined): string {
  return [REASON_WORDS[reason], detail].filter(Boolean).join('. ');
}

/** Why prompts are not Assets, and what callers hear instead. */
function skippedLines({ skipped, skippedCounts }: SyncReport, verbose: boolean): string[] {
  if (skipped.length === 0) return [];
  const groups = groupSkipped(skipped).map((prompts) => {
    const [first] = prompts;
    const all = skippedCounts?.find(
      ({ reason, unplayable }) => reason === first?.reason && unplayable === first.unplayable,
    );
    return { prompts, count: all?.count ?? prompts.length };
  });
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const isLong = groups.some(({ count }) => count > LISTED_LINES);
  return [
    `${formatCount(total, 'key')} without an Asset:`,
    ...groups.flatMap(({ prompts, count }) => groupLines(prompts, count, verbose)),
    ...(isLong && !verbose ? ['  --verbose lists them.'] : []),
  ];
}

/** The keys of one reason, or how many there are. */
function groupLines(prompts: readonly SkippedPrompt[], count: number, verbose: boolean): string[] {
  const [first] = prompts;
  if (first && count > LISTED_LINES && !verbose) {
    const instead = [...new Set(prompts.map(insteadOf))].join(', or ');
    return [`  ${count} keys, such as ${first.key}: ${REASON_WORDS[first.reason]} (${instead})`];
  }
  const lines = prompts.map((prompt) => {
    const { key, detail, suggestion } = prompt;
    const why = reasonWords(prompt.reason, detail);
    const meant = suggestion === undefined ? '' : `. ${suggestionSentence(key, suggestion)}`;
    return `  ${key}: ${why} (${insteadOf(prompt)})${meant}`;
  });
  const rest = count - prompts.length;
  return rest > 0 ? [...lines, `  and ${rest} more with the last reason`] : lines;
}

/** What callers hear of a prompt that is not an Asset. */
function insteadOf({ key, reason, unplayable }: SkippedPrompt): string {
  if (unplayable) return 'callers hear its text';
  if (reason === 'unreadable') return 'callers hear its earlier recording';
  return hasAudioEnding(key)
    ? 'the proxy plays it as it is'
    : 'the proxy plays it if its Content-Type is audio';
}
