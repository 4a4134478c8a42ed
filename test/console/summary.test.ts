import { expect, test } from '@jest/globals';
import { summarize } from '../../console/summary';
import type { PromptStatus, StatusResponse } from '../../src/status/response';

const prompt = (more: Partial<PromptStatus> = {}): PromptStatus => ({
  key: 'menu.mp3',
  state: 'asset',
  usedBy: [],
  ...more,
});

const status = (more: Partial<StatusResponse> = {}): StatusResponse => ({
  at: '2026-11-27T12:00:00.000Z',
  domain: 'prompts-1234-dev.twil.io',
  live: { buildSid: 'ZB1', prompts: 1 },
  bucket: { name: 'clinic', prefix: '' },
  prompts: [prompt()],
  leftOut: 0,
  counts: { asset: 1, proxy: 0, spoken: 0, missing: 0, unused: 1 },
  deployments: [],
  flow: { nodes: [], edges: [] },
  ...more,
});

const S3_DOWN = { name: 'clinic', prefix: '', problem: 'S3 did not answer.' };
const SYNC = { upload: 0, bytes: 0, retire: 1, retain: 0, skip: 0, build: true };

test.each<[string, Partial<StatusResponse>, string]>([
  ['all is well', {}, 'Up to date'],
  ['a prompt is to be replaced', { prompts: [prompt({ next: 'replace' })] }, '1 change to sync'],
  ['old Assets are to leave the Build', { nextSync: SYNC }, 'A sync is due'],
  ['nothing is deployed', { live: undefined, prompts: [] }, 'Nothing is live'],
  ['S3 is down', { bucket: S3_DOWN }, 'Not all is known'],
  ['Twilio is down', { live: undefined, twilioProblem: '503' }, 'Not all is known'],
  [
    'a prompt is wrong, whatever else is',
    { bucket: S3_DOWN, prompts: [prompt({ problem: 'No audio.' }), prompt({ next: 'upload' })] },
    '1 problem',
  ],
])('when %s', (_title, more, words) => {
  expect(summarize(status(more))).toMatchObject({ words });
});
