import { describe, expect, it } from '@jest/globals';
import {
  type Answer,
  deliver,
  nextStep,
  pacer,
  type Send,
  sender,
} from '../../../sandbox/events/destination';
import { readProjectDelivery } from '../../../sandbox/events/template';
import { FakeClock } from '../../helpers/clock';
import { startFaultServer } from '../../helpers/fault-server';

const delivery = readProjectDelivery({
  BucketName: 'phone-prompts',
  KeyPrefix: 'prompts/',
  SyncUrl: 'https://prompts-1234-dev.twil.io/sync',
  AdminSecret: 'x'.repeat(32),
});
const NO_ANSWER: Answer = { problem: 'timeout' };

describe('after one call', () => {
  const next = (answer: Answer, changes: { calls?: number; ageMs?: number } = {}) =>
    nextStep({ answer, calls: 1, ageMs: 0, random: 0.5, ...changes }, delivery);

  it.each([200, 202, 204])('%d is delivered', (status) => {
    expect(next({ status })).toEqual({ action: 'delivered' });
  });

  it.each([401, 407, 409, 429, 500, 502, 503, 504, 599])('%d is called again', (status) => {
    expect(next({ status })).toEqual({ action: 'call again', afterMs: 750 });
  });

  it.each([301, 302, 400, 403, 404, 410, 418])('%d is a dead letter', (status) => {
    expect(next({ status })).toEqual({ action: 'dead letter' });
  });

  it('no answer is called again', () => {
    expect(next(NO_ANSWER).action).toBe('call again');
    expect(next({ problem: 'no connection' }).action).toBe('call again');
  });

  it('waits longer each time, and eight minutes at most', () => {
    const waits = [1, 2, 3, 4, 12].map((calls) => next({ status: 503 }, { calls }));
    expect(waits.map((step) => 'afterMs' in step && step.afterMs)).toEqual([
      750,
      1500,
      3000,
      6000,
      6 * 60_000,
    ]);
  });

  it.each([
    ['5', { action: 'call again', afterMs: 5000 }],
    ['0', { action: 'call again', afterMs: 750 }],
    ['soon', { action: 'call again', afterMs: 750 }],
    ['-1', { action: 'dead letter' }],
    ['3601', { action: 'dead letter' }],
  ])('a Retry-After of %s leads to %j', (retryAfter, expected) => {
    expect(next({ status: 503, retryAfter })).toEqual(expected);
  });

  it('the age and the retries of the template end it', () => {
    const { maxAgeMs, maxRetries } = delivery;
    expect(next(NO_ANSWER, { ageMs: maxAgeMs - 751 }).action).toBe('call again');
    expect(next(NO_ANSWER, { ageMs: maxAgeMs - 749 }).action).toBe('dead letter');
    const patient = { maxAgeMs: Number.POSITIVE_INFINITY, maxRetries };
    const nextAfter = (calls: number) =>
      nextStep({ answer: NO_ANSWER, calls, ageMs: 0, random: 0 }, patient).action;
    expect([nextAfter(maxRetries), nextAfter(maxRetries + 1)]).toEqual([
      'call again',
      'dead letter',
    ]);
  });
});

describe('an event', () => {
  it('that nobody takes is a dead letter after the age of the template', async () => {
    const clock = new FakeClock();
    const startMs = clock.time;
    const send: Send = async () => ({ status: 503 });
    const pace = pacer(delivery.callsPerSecond, clock);
    const outcome = await deliver(delivery, { clock, send, pace });
    expect(outcome).toMatchObject({ status: 'dead letter', answer: { status: 503 } });
    expect(clock.time - startMs).toBeLessThanOrEqual(delivery.maxAgeMs);
    expect(outcome.calls).toBeGreaterThan(10);
  });

  it('of a burst waits for its turn: calls begin at the rate of the template', async () => {
    const clock = new FakeClock();
    const startMs = clock.time;
    const beganMs: number[] = [];
    const send: Send = async () => {
      beganMs.push(clock.time - startMs);
      return { status: 200 };
    };
    const pace = pacer(delivery.callsPerSecond, clock);
    await Promise.all(
      [1, 2, 3].map(() => clock.during(() => deliver(delivery, { clock, send, pace }))),
    );
    expect(beganMs).toEqual([0, 1000, 2000]);
  });
});

describe('a call', () => {
  const { signal } = new AbortController();

  it('has the secret in its header, an empty object as its body, and follows no redirect', async () => {
    const server = await startFaultServer('http://127.0.0.1:9');
    const headers = { location: '/elsewhere', 'retry-after': '7' };
    server.always({ kind: 'reply', status: 302, headers, body: '' });
    const answer = await sender(signal)({ ...delivery, url: `${server.endpoint}/sync` });
    expect(answer).toEqual({ status: 302, retryAfter: '7' });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/sync',
      headers: {
        authorization: `Bearer ${'x'.repeat(32)}`,
        'content-type': 'application/json; charset=utf-8',
        'content-length': '2',
      },
    });
    await server.close();
  });

  it('that hangs is given up, and one that reaches nobody is told apart', async () => {
    const server = await startFaultServer('http://127.0.0.1:9');
    server.always({ kind: 'stall', afterBytes: 0 });
    const url = `${server.endpoint}/sync`;
    expect(await sender(signal, 100)({ ...delivery, url })).toEqual({ problem: 'timeout' });
    await server.close();
    expect(await sender(signal)({ ...delivery, url })).toEqual({ problem: 'no connection' });
  });
});
