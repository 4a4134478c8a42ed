import type { StatusResponse } from '../../src/status/response';
import type { Tone } from '../components/tone';
import { formatBytes, formatCount } from '../format';
import type { SyncEnding, SyncProgress } from './follow-sync';

type NextSync = NonNullable<StatusResponse['nextSync']>;

const WAITS: Readonly<Record<NonNullable<SyncProgress['waitsFor']>, string>> = {
  time: 'The next step begins in a moment.',
  quiet: 'The bucket changed just now. The sync waits until it is quiet.',
  build: 'Twilio is building, for this sync or for another one.',
  limit: 'A limit of Twilio is reached. The sync goes on when Twilio allows it.',
  'another attempt': 'The last step did not work. It is tried again.',
};

/** How far a sync is, in words. */
export function progressWords({ uploaded, remaining, waitsFor }: SyncProgress): string {
  const total = uploaded + remaining;
  const done = total === 0 ? [] : [`${uploaded} of ${formatCount(total, 'prompt')} uploaded.`];
  const busy =
    total === 0
      ? 'Comparing the bucket with what is live.'
      : remaining > 0
        ? 'Uploading.'
        : 'Making it live.';
  return [...done, waitsFor === undefined ? busy : WAITS[waitsFor]].join(' ');
}

/** What the next sync does as a whole, one sentence each; none where it does nothing. */
export function planWords({ upload, bytes, retire, retain, build }: NextSync): string[] {
  const sentences = [
    upload > 0 && `Uploads ${formatCount(upload, 'prompt')} (${formatBytes(bytes)}).`,
    retire > 0 && `Removes ${formatCount(retire, 'old version')}.`,
    build && 'Makes all of it live in one moment, as a new Build.',
    build && retain > 0 && `Keeps ${formatCount(retain, 'old version')} for calls in progress.`,
  ];
  return sentences.filter((sentence) => sentence !== false);
}

interface EndingWords {
  readonly tone: Tone;
  readonly title: string;
  readonly sentences: readonly string[];
}

const STAYS = 'What is uploaded stays: the next sync goes on from here.';

/** How a sync ended, in words. Without a secret that works there is nothing to tell. */
export function endingWords(ending: Exclude<SyncEnding, { type: 'unauthorized' }>): EndingWords {
  switch (ending.type) {
    case 'done':
      return doneWords(ending.report);
    case 'guarded':
      return {
        tone: 'bad',
        title: 'The bucket looks wrong: the sync stopped',
        sentences: [ending.sentence, 'Callers hear what they heard before.'],
      };
    case 'stopped':
      return {
        tone: 'quiet',
        title: 'Stopped',
        sentences: [
          'The step that was going on ends by itself. Nothing more is asked for.',
          ...uploadedWords(ending.uploaded),
          STAYS,
        ],
      };
    case 'failed':
      return {
        tone: 'bad',
        title: 'The sync did not finish',
        sentences: [ending.sentence, ...uploadedWords(ending.uploaded), STAYS],
      };
  }
}

function doneWords({
  prompts,
  uploaded,
  retained,
  buildSid,
  skipped,
}: Extract<SyncEnding, { type: 'done' }>['report']): EndingWords {
  if (buildSid === undefined && uploaded === 0) {
    return {
      tone: 'good',
      title: 'There was nothing to do',
      sentences: ['Callers heard what S3 has already.'],
    };
  }
  const isAll = skipped.every(({ reason }) => reason === VANISHED);
  return {
    tone: isAll ? 'good' : 'warn',
    title: isAll ? 'Callers hear what S3 has' : 'Synced, but not everything',
    sentences: [
      ...uploadedWords(uploaded),
      `${formatCount(prompts, 'prompt')} ${prompts === 1 ? 'is' : 'are'} live now.`,
      ...(retained > 0
        ? [`${formatCount(retained, 'old version')} stay for calls in progress.`]
        : []),
    ],
  };
}

const VANISHED = 'vanished';

/** Why a key is no Asset, where the status says nothing of it. */
export const skipWords = (reason: string): string =>
  reason === VANISHED ? 'S3 does not have it any more, and calls neither.' : `It is ${reason}.`;

const uploadedWords = (uploaded: number): string[] =>
  uploaded > 0 ? [`${formatCount(uploaded, 'prompt')} uploaded.`] : [];
