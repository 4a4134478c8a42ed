import { ASSET_BYTES } from '../../src/limits';
import { hasAudioEnding } from '../../src/media-types';
import type { Reason, SkippedPrompt, SyncEvent, SyncReport, Wait } from '../../src/sync';
import { suggestionSentence } from '../../src/sync/suggestion';
import type { CommandOutput } from '../command-context';
import { formatBytes, formatCount, formatWait, oneLine } from '../format';
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

/** One line an event; an ending that is not `done` goes to standard error. */
export function lineReporter({ write, writeError }: CommandOutput, occasion: Occasion): Reporter {
  let lastPlan: string | undefined;

  /** A run plans again after each wait and each Deployment: mostly the same plan, or an empty one. */
  const isNews = (progress: SyncEvent, line: string) => {
    if (progress.type !== 'planned') return true;
    const news = lastPlan === undefined || (line !== lastPlan && progress.upload > 0);
    lastPlan = line;
    return news;
  };
  return {
    progress(progress) {
      const line = progressLine(progress);
      if (isNews(progress, line)) write(`${oneLine(line)}\n`);
    },
    end(ending) {
      const print = ending.status === 'done' ? write : writeError;
      const lines = endingLines(ending, occasion).flatMap((line) => line.split('\n'));
      print(lines.map((line) => `${oneLine(line)}\n`).join(''));
    },
  };
}

function progressLine(progress: SyncEvent): string {
  switch (progress.type) {
    case 'planned':
      return planLine(progress);
    case 'intended':
      return `Would ${progress.step} ${progress.what}`;
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
    case 'activated':
      return `Build ${progress.buildSid} is live`;
    case 'moved':
      return 'Another Build became live meanwhile: planning again';
    case 'cleaned':
      return `Deleted ${formatCount(progress.assets, 'old Asset')}`;
    case 'not cleaned':
      return `Old Assets were not deleted, which harms no call: ${progress.message}`;
    case 'step':
      return `The deployment is not finished, ${WAITS_FOR[progress.reason]}, ${remainderOf(progress.report)}: calling again in ${formatWait(progress.retryAfter)}`;
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
    retain > 0 && `${retain} to retain for calls in progress`,
    retire > 0 && `${retire} to retire`,
    skip > 0 && `${skip} to skip`,
    build && 'a Build to make',
  ];
  return `Plan: ${parts.filter(Boolean).join(', ')}`;
}

const WAITS_FOR: Readonly<Record<Wait, string>> = {
  time: 'time is over',
  quiet: 'the bucket is still changing',
  build: 'Twilio is still building',
  limit: 'a limit of Twilio is reached',
};

/** The reason in words, for a person who wonders why a prompt is not an Asset. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  'not audio':
    'it is not audio that Twilio plays (MP3, WAV or AIFF), by its ending or by its bytes',
  'not recognised': 'it was not recognised as MP3, WAV or AIFF, nor as anything else',
  'too large': `it is larger than ${ASSET_BYTES / 1e6} MB, the most that an Asset may be`,
  archived: 'it is archived in S3 and must be restored first',
  'no room': 'the Build already holds as many Assets as Twilio allows',
  'left to the command line': 'it is too large for one slice of /sync: run npm run sync',
  unreadable: 'S3 lists it and does not give it: look at its owner and its encryption',
  missing: 'the call flow names it, and there is no such key under S3_PREFIX',
  vanished: 'it was live, and S3 has no such key any more',
};

/** How it ended. The last line says what to do, if there is anything to do. */
function endingLines(ending: Ending, occasion: Occasion): string[] {
  const alone = occasion !== 'deploy';
  switch (ending.status) {
    case 'done':
      return [...skippedLines(ending.report.skipped), doneLine(ending.report, occasion)];
    case 'pending': {
      const { reason, report, retryAfter } = ending;
      const advice = alone ? `: run the sync again in ${formatWait(retryAfter)}` : '';
      return [`Not finished, ${WAITS_FOR[reason]}, ${remainderOf(report)}${advice}.`];
    }
    case 'guarded':
      return [
        ending.message,
        ...(alone ? ['Nothing was changed. To go on all the same: --force'] : []),
      ];
    case 'interrupted':
      return alone ? ['Stopped. The next sync finishes what this one began.'] : [];
    case 'failed':
    case 'misconfigured':
      return [ending.message];
  }
}

function remainderOf({ remaining }: SyncReport): string {
  return remaining > 0 ? `${formatCount(remaining, 'prompt')} to upload` : 'the Build is not live';
}

function doneLine(
  { prompts, uploaded, remaining, retained }: SyncReport,
  occasion: Occasion,
): string {
  if (occasion === 'dry run')
    return `Dry run: ${formatCount(remaining, 'prompt')} to upload, nothing was changed.`;
  const old =
    retained > 0 ? `, ${formatCount(retained, 'old version')} kept for calls in progress` : '';
  return `Assets equal S3: ${formatCount(prompts, 'prompt')}, ${uploaded} uploaded${old}.`;
}

function reasonWords(reason: Reason, detail: string | undefined): string {
  return [REASON_WORDS[reason], detail].filter(Boolean).join('. ');
}

/** Why prompts are not Assets, and what callers hear instead. */
function skippedLines(skipped: readonly SkippedPrompt[]): string[] {
  if (skipped.length === 0) return [];
  const lines = skipped.map((prompt) => {
    const { key, detail, suggestion } = prompt;
    const why = reasonWords(prompt.reason, detail);
    const meant = suggestion === undefined ? '' : `. ${suggestionSentence(key, suggestion)}`;
    return `  ${key}: ${why} (${insteadOf(prompt)})${meant}`;
  });
  return [`${formatCount(skipped.length, 'key')} without an Asset:`, ...lines];
}

/** What callers hear of a prompt that is not an Asset. */
function insteadOf({ key, reason, unplayable }: SkippedPrompt): string {
  if (unplayable) return 'callers hear its text';
  if (reason === 'unreadable') return 'callers hear its earlier recording';
  return hasAudioEnding(key)
    ? 'the proxy plays it as it is'
    : 'the proxy plays it if its Content-Type is audio';
}
