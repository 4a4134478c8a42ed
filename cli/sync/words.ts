import { REASONS, type SkippedPrompt, type SyncReport, type Wait } from '../../src/sync';
import type { Progress } from './drive';
import type { Ending } from './ending';

/** What happened, in one line. */
export function lineOf(progress: Progress): string {
  switch (progress.type) {
    case 'planned':
      return planLine(progress);
    case 'intended':
      return `Would ${progress.step} ${progress.what}`;
    case 'uploaded':
      return `Uploaded ${progress.key} (${bytes(progress.bytes)})`;
    case 'found':
      return `Uploaded before: ${progress.key} (${bytes(progress.bytes)})`;
    case 'refused':
      return `Refused ${progress.key}: ${REASONS[progress.reason]}`;
    case 'waiting':
      return progress.for === 'quiet'
        ? `Waiting ${seconds(progress.milliseconds)}: the bucket changed just now`
        : 'Waiting for the Build of another run';
    case 'building':
      return `${progress.adopted ? 'Taking over' : 'Making'} Build ${progress.buildSid}`;
    case 'activated':
      return `Build ${progress.buildSid} is live`;
    case 'moved':
      return 'Another Build became live meanwhile: planning again';
    case 'cleaned':
      return `Deleted ${count(progress.assets, 'old Asset')}`;
    case 'not cleaned':
      return `Old Assets were not deleted, which harms no call: ${progress.message}`;
    case 'step':
      return `The deployment is not finished, ${WAITS_FOR[progress.reason]}, ${restOf(progress.report)}: calling again in ${seconds(progress.retryAfter)}`;
  }
}

type Planned = Extract<Progress, { type: 'planned' }>;

function planLine({ keep, upload, bytes: size, retain, retire, skip, build }: Planned): string {
  const parts = [
    `${keep} to keep`,
    `${upload} to upload${upload > 0 ? ` (${bytes(size)})` : ''}`,
    retain > 0 && `${retain} to retain for calls in progress`,
    retire > 0 && `${retire} to retire`,
    skip > 0 && `${skip} to skip`,
    build && 'a Build to make',
  ];
  return `Plan: ${parts.filter(Boolean).join(', ')}`;
}

type Pending = Extract<Ending, { status: 'pending' }>;

const WAITS_FOR: Readonly<Record<Wait, string>> = {
  time: 'time is over',
  quiet: 'the bucket is still changing',
  build: 'Twilio is still building',
  limit: 'a limit of Twilio is reached',
};

/** What a sync is part of. A deploy prints its own last lines when its sync fails. */
export type Occasion = 'sync' | 'dry run' | 'deploy';

/** How it ended, for a person: the last line says what to do, if there is anything to do. */
export function linesOf(ending: Ending, occasion: Occasion): string[] {
  const alone = occasion !== 'deploy';
  switch (ending.status) {
    case 'done':
      return [...skippedLines(ending.report.skipped), doneLine(ending.report, occasion)];
    case 'pending':
      return [
        `${pendingWords(ending)}${alone ? `: run the sync again in ${seconds(ending.retryAfter)}` : ''}.`,
      ];
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

function pendingWords({ reason, report }: Pending): string {
  return `Not finished, ${WAITS_FOR[reason]}, ${restOf(report)}`;
}

function restOf({ remaining }: SyncReport): string {
  return remaining > 0 ? `${count(remaining, 'prompt')} to upload` : 'the Build is not live';
}

function doneLine(
  { prompts, uploaded, remaining, retained }: SyncReport,
  occasion: Occasion,
): string {
  if (occasion === 'dry run')
    return `Dry run: ${count(remaining, 'prompt')} to upload, nothing was changed.`;
  const old = retained > 0 ? `, ${count(retained, 'old version')} kept for calls in progress` : '';
  return `Assets equal S3: ${count(prompts, 'prompt')}, ${uploaded} uploaded${old}.`;
}

/** Why prompts are not Assets, and what callers hear instead. */
function skippedLines(skipped: readonly SkippedPrompt[]): string[] {
  if (skipped.length === 0) return [];
  const lines = skipped.map(({ key, reason, unplayable }) => {
    const instead = unplayable ? 'no call can play it' : 'played through the proxy';
    return `  ${key}: ${REASONS[reason]} (${instead})`;
  });
  return [`${count(skipped.length, 'key')} without an Asset:`, ...lines];
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

function seconds(milliseconds: number): string {
  return `${Math.max(1, Math.ceil(milliseconds / 1000))} s`;
}

/** In powers of ten, as Twilio counts. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  return n < 1_000_000 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1_000_000).toFixed(1)} MB`;
}

/**
 * A text that a terminal shows and does not obey, in one line: S3 keys may hold any character,
 * escape sequences and marks that turn the direction of writing among them.
 */
export function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
