import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SyncOutcome } from '../../../console/api';
import { requestSync } from '../../../console/api';
import { followSync, type SyncProgress } from '../../../console/sync/follow-sync';
import { listen } from '../../../sandbox/listen';
import { REMOTE_ATTEMPTS } from '../../../src/limits';
import type { SyncResponse } from '../../../src/status/response';

const report = (changes: Partial<SyncResponse> = {}): SyncResponse => ({
  prompts: 40,
  uploaded: 0,
  remaining: 0,
  retained: 0,
  skipped: [],
  ...changes,
});
const pending = (
  reason: NonNullable<SyncResponse['reason']>,
  changes: Partial<SyncResponse> = {},
): SyncOutcome => ({ type: 'pending', report: report({ reason, ...changes }), waitMs: 2000 });
const done = (changes?: Partial<SyncResponse>): SyncOutcome => ({
  type: 'done',
  report: report(changes),
});
const failed = (isPassing: boolean): SyncOutcome => ({
  type: 'failed',
  sentence: 'S3 did not answer.',
  isPassing,
});

/** Follows steps that answer these, the last one over and over, until `stopAt` of them are answered. */
async function follow(outcomes: readonly SyncOutcome[], stopAt = Number.POSITIVE_INFINITY) {
  const controller = new AbortController();
  const progress: SyncProgress[] = [];
  const waits: number[] = [];
  let steps = 0;
  const ending = await followSync({
    step: async () => {
      const outcome = outcomes[Math.min(steps, outcomes.length - 1)];
      steps += 1;
      if (steps > 50 || !outcome) throw new Error('there is no end of it');
      if (steps === stopAt) controller.abort();
      return outcome;
    },
    sleep: async (milliseconds) => void waits.push(milliseconds),
    onProgress: (next) => progress.push(next),
    signal: controller.signal,
    expected: 40,
  });
  return { ending, progress, waits, steps };
}

describe('a sync that is followed', () => {
  test('goes on, after each wait that is asked for, until Assets equal S3', async () => {
    const { ending, progress, waits } = await follow([
      pending('quiet', { remaining: 41 }),
      pending('time', { uploaded: 30, remaining: 11 }),
      pending('build', { uploaded: 11, buildSid: 'ZB1' }),
      done(),
    ]);
    expect(waits).toEqual([2000, 2000, 2000]);
    expect(progress).toEqual([
      { uploaded: 0, remaining: 40 },
      { uploaded: 0, remaining: 41, waitsFor: 'quiet' },
      { uploaded: 0, remaining: 41 },
      { uploaded: 30, remaining: 11, waitsFor: 'time' },
      { uploaded: 30, remaining: 11 },
      { uploaded: 41, remaining: 0, waitsFor: 'build' },
      { uploaded: 41, remaining: 0 },
    ]);
    expect(ending).toEqual({ type: 'done', report: report({ uploaded: 41, buildSid: 'ZB1' }) });
  });

  test('counts what another sync uploads at the same time', async () => {
    const { progress, ending } = await follow([
      pending('time', { uploaded: 4, remaining: 36 }),
      pending('build', { uploaded: 1, remaining: 0 }),
      done(),
    ]);
    expect(progress.map(({ uploaded, remaining }) => [uploaded, remaining])).toEqual([
      [0, 40],
      [4, 36],
      [4, 36],
      [40, 0],
      [40, 0],
    ]);
    expect(ending).toMatchObject({ report: { uploaded: 5 } });
  });

  test('waits longer before each further attempt, and then says why it failed', async () => {
    const { ending, waits, progress } = await follow([
      pending('time', { uploaded: 5, remaining: 35 }),
      failed(true),
    ]);
    expect(ending).toEqual({ type: 'failed', sentence: 'S3 did not answer.', uploaded: 5 });
    expect(waits).toEqual([2000, 1000, 2000, 4000]);
    expect(progress.at(-2)).toEqual({ uploaded: 5, remaining: 35, waitsFor: 'another attempt' });
  });

  test('forgets failures after a step that worked', async () => {
    const working = pending('time', { uploaded: 1, remaining: 1 });
    const attempts = Array<SyncOutcome>(REMOTE_ATTEMPTS - 1).fill(failed(true));
    const { ending } = await follow([...attempts, working, ...attempts, done()]);
    expect(ending).toMatchObject({ type: 'done', report: { uploaded: 1 } });
  });

  test.each<[string, SyncOutcome, object]>([
    ['the secret is wrong', { type: 'unauthorized' }, { type: 'unauthorized' }],
    [
      'a guard stops it',
      { type: 'guarded', sentence: 'Half of it is gone.' },
      { type: 'guarded', sentence: 'Half of it is gone.', uploaded: 0 },
    ],
    [
      'another attempt cannot help',
      failed(false),
      { type: 'failed', sentence: 'S3 did not answer.', uploaded: 0 },
    ],
  ])('ends with one request where %s', async (_, outcome, expected) => {
    const { ending, steps } = await follow([outcome]);
    expect(ending).toEqual(expected);
    expect(steps).toBe(1);
  });

  test('requests nothing any more once it is stopped', async () => {
    const working = pending('time', { uploaded: 5, remaining: 35 });
    const { ending, steps, waits } = await follow([working], 3);
    expect(ending).toEqual({ type: 'stopped', uploaded: 10 });
    expect([steps, waits.length]).toEqual([3, 2]);
  });
});

describe('followed by way of HTTP', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A deployment that gives one of these answers after the other. */
  async function deployment(...answers: ((response: ServerResponse) => void)[]) {
    const requests: string[] = [];
    const { url, close } = await listen((request, response) => {
      requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      answers[Math.min(requests.length, answers.length) - 1]?.(response);
    });
    closing.push(close);
    return { origin: url, requests };
  }

  const json =
    (status: number, body: SyncResponse, headers = {}) =>
    (response: ServerResponse) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
  const text = (status: number, body: string) => (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  const lost = (response: ServerResponse) => response.destroy();

  async function followOverHttp(origin: string, force?: { vanishing: number }) {
    const waits: number[] = [];
    const ending = await followSync({
      step: () => requestSync('the secret', force, origin),
      sleep: async (milliseconds) => void waits.push(milliseconds),
      onProgress: () => undefined,
      signal: new AbortController().signal,
      expected: 2,
    });
    return { ending, waits };
  }

  test('it waits as Retry-After says, and does not mind an answer that gets lost', async () => {
    const { origin, requests } = await deployment(
      json(503, report({ reason: 'time', uploaded: 1, remaining: 1 }), { 'retry-after': '7' }),
      lost,
      json(200, report({ uploaded: 1, buildSid: 'ZB1' })),
    );
    const { ending, waits } = await followOverHttp(origin);
    expect(ending).toEqual({ type: 'done', report: report({ uploaded: 2, buildSid: 'ZB1' }) });
    expect(waits).toEqual([7000, 1000]);
    expect(requests).toEqual(Array(3).fill('POST /sync Bearer the secret'));
  });

  test.each([
    ['0', 1000],
    ['-1', 1000],
    ['soon', 1000],
    ['1e9', 600_000],
    ['99999999999', 600_000],
  ])('after Retry-After: %s it waits %i ms', async (header, milliseconds) => {
    const { origin } = await deployment(
      json(503, report({ reason: 'time' }), { 'retry-after': header }),
      json(200, report()),
    );
    expect((await followOverHttp(origin)).waits).toEqual([milliseconds]);
  });

  test('a forced one is forced in each of its steps', async () => {
    const { origin, requests } = await deployment(
      json(503, report({ reason: 'build' }), { 'retry-after': '1' }),
      json(200, report()),
    );
    await followOverHttp(origin, { vanishing: 3 });
    expect(requests).toEqual(Array(2).fill('POST /sync?force=true&vanishing=3 Bearer the secret'));
  });

  test.each([
    [401, 1, { type: 'unauthorized' }],
    [409, 1, { type: 'guarded', sentence: 'The words.', uploaded: 0 }],
    [500, 1, { type: 'failed', sentence: 'The words.', uploaded: 0 }],
    [502, REMOTE_ATTEMPTS, { type: 'failed', sentence: 'The words.', uploaded: 0 }],
    [503, 1, { type: 'failed', sentence: 'The words.', uploaded: 0 }],
  ])('after %i it makes %i requests, and tells its words', async (status, count, expected) => {
    const { origin, requests } = await deployment(text(status, 'The words.'));
    expect((await followOverHttp(origin)).ending).toEqual(expected);
    expect(requests).toHaveLength(count);
  });
});
