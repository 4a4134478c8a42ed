import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startEvents } from '../../../sandbox/events';
import type { Answer } from '../../../sandbox/events/destination';
import { ObjectStore } from '../../../sandbox/s3/store';
import { FakeClock } from '../../helpers/clock';

/** Events of a bucket whose /sync gives these answers, and then 200. */
function connected(...answers: Answer[]) {
  const store = new ObjectStore(['phone-prompts', 'invoices']);
  const outcomes: [string, string, number][] = [];
  let calls = 0;
  const events = startEvents({
    store,
    bucket: 'phone-prompts',
    prefix: 'prompts/',
    syncUrl: 'https://prompts-1234-dev.twil.io/sync',
    adminSecret: 'x'.repeat(32),
    clock: new FakeClock(),
    send: async () => {
      calls += 1;
      return answers.shift() ?? { status: 200 };
    },
    onOutcome: ({ key }, { status }, pending) => outcomes.push([key, status, pending]),
  });
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await setImmediate();
  };
  return { store, events, outcomes, settle, calls: () => calls };
}

it('each put and each deletion under the prefix is one event, in this bucket alone', async () => {
  const { store, events, outcomes, settle } = connected();
  store.put('phone-prompts', 'prompts/a.mp3', Buffer.from('a'));
  store.put('phone-prompts', 'invoices/a.mp3', Buffer.from('a'));
  store.put('invoices', 'prompts/a.mp3', Buffer.from('a'));
  store.delete('phone-prompts', 'prompts/none.mp3');
  store.delete('phone-prompts', 'prompts/a.mp3');
  await settle();
  expect(outcomes).toEqual([
    ['prompts/a.mp3', 'delivered', 1],
    ['prompts/a.mp3', 'delivered', 0],
  ]);
  events.stop();
});

it('an event that is given up does not hold up the others', async () => {
  const { store, events, outcomes, settle, calls } = connected({ status: 404 });
  store.put('phone-prompts', 'prompts/a.mp3', Buffer.from('a'));
  store.put('phone-prompts', 'prompts/b.mp3', Buffer.from('b'));
  await settle();
  expect(outcomes).toEqual([
    ['prompts/a.mp3', 'dead letter', 1],
    ['prompts/b.mp3', 'delivered', 0],
  ]);
  expect(calls()).toBe(2);
  events.stop();
});

it('after its end no change calls anybody', async () => {
  const { store, events, settle, calls } = connected();
  events.stop();
  store.put('phone-prompts', 'prompts/a.mp3', Buffer.from('a'));
  await settle();
  expect(calls()).toBe(0);
});
