import { expect, test } from '@jest/globals';
import type { SyncEnding } from '../../../console/sync/follow-sync';
import { endingWords, planWords, progressWords } from '../../../console/sync/words';

const nothing = { upload: 0, bytes: 0, retire: 0, retain: 0, skip: 0, build: false };

test.each([
  [nothing, ''],
  [{ ...nothing, retain: 3 }, ''],
  [
    { ...nothing, upload: 1, bytes: 23_400, build: true },
    'Uploads 1 prompt (23.4 kB). Makes all of it live in one moment, as a new Build.',
  ],
  [
    { ...nothing, retire: 2, retain: 1, build: true },
    'Removes 2 old versions. Makes all of it live in one moment, as a new Build. Keeps 1 old version for calls in progress.',
  ],
])('a plan of %j is told as “%s”', (plan, expected) => {
  expect(planWords(plan).join(' ')).toBe(expected);
});

test.each([
  [{ uploaded: 0, remaining: 3 }, '0 of 3 prompts uploaded. Uploading.'],
  [{ uploaded: 3, remaining: 0 }, '3 of 3 prompts uploaded. Making it live.'],
  [{ uploaded: 0, remaining: 0 }, 'Comparing the bucket with what is live.'],
  [
    { uploaded: 1, remaining: 2, waitsFor: 'quiet' },
    '1 of 3 prompts uploaded. The bucket changed just now. The sync waits until it is quiet.',
  ],
  [
    { uploaded: 1, remaining: 2, waitsFor: 'another attempt' },
    '1 of 3 prompts uploaded. The last step did not work. It is tried again.',
  ],
] as const)('progress of %j is told as “%s”', (progress, expected) => {
  expect(progressWords(progress)).toBe(expected);
});

const report = { prompts: 8, uploaded: 0, remaining: 0, retained: 0, skipped: [] };
const skipped = [{ key: 'a.txt', reason: 'not audio' }];

test.each<[Exclude<SyncEnding, { type: 'unauthorized' }>, string, string]>([
  [{ type: 'done', report }, 'good', 'There was nothing to do'],
  [{ type: 'done', report: { ...report, buildSid: 'ZB1' } }, 'good', 'Callers hear what S3 has'],
  [
    { type: 'done', report: { ...report, uploaded: 2, skipped } },
    'warn',
    'Synced, but not everything',
  ],
  [
    {
      type: 'done',
      report: {
        ...report,
        buildSid: 'ZB1',
        skipped: [{ key: 'old.mp3', reason: 'vanished' }],
      },
    },
    'good',
    'Callers hear what S3 has',
  ],
  [
    { type: 'guarded', sentence: 'Half is gone.', uploaded: 0 },
    'bad',
    'The bucket looks wrong: the sync stopped',
  ],
  [{ type: 'stopped', uploaded: 0 }, 'quiet', 'Stopped'],
  [
    { type: 'failed', sentence: 'S3 did not answer.', uploaded: 0 },
    'bad',
    'The sync did not finish',
  ],
])('an ending %j is %s: %s', (ending, tone, title) => {
  const words = endingWords(ending);
  expect([words.tone, words.title]).toEqual([tone, title]);
  if ('sentence' in ending) expect(words.sentences[0]).toBe(ending.sentence);
});

test('what was uploaded is told however a sync ends', () => {
  const endings = [
    { type: 'done', report: { ...report, uploaded: 2, retained: 1 } },
    { type: 'stopped', uploaded: 2 },
    { type: 'failed', sentence: 'S3 did not answer.', uploaded: 2 },
  ] as const;
  for (const ending of endings)
    expect(endingWords(ending).sentences).toContain('2 prompts uploaded.');
});
