import { expect, it } from '@jest/globals';
import { createS3Switch } from '../../sandbox/s3-switch';

function switchOf(fail: () => boolean = () => false) {
  const log: string[] = [];
  const act = (what: string) => async () => {
    if (fail()) throw new Error('the port is taken');
    log.push(what);
  };
  const server = { stop: act('stop'), start: act('start') };
  const s3 = createS3Switch(server, (isStopped) => log.push(`stopped: ${isStopped}`));
  return { s3, log };
}

it('stops and starts S3 in turn, and says so each time', async () => {
  const { s3, log } = switchOf();
  await s3.toggle();
  expect(s3.isStopped()).toBe(true);
  await s3.toggle();
  expect(s3.isStopped()).toBe(false);
  expect(log).toEqual(['stop', 'stopped: true', 'start', 'stopped: false']);
});

it('does what was asked last, where a key and the page ask at once', async () => {
  const { s3, log } = switchOf();
  await Promise.all([s3.set(true), s3.set(true), s3.toggle(), s3.toggle(), s3.set(true)]);
  expect(s3.isStopped()).toBe(true);
  expect(log.filter((line) => !line.includes(':'))).toEqual(['stop', 'start', 'stop']);
});

it('stays stopped where S3 cannot start, and starts it later', async () => {
  let isTaken = false;
  const { s3 } = switchOf(() => isTaken);
  await s3.set(true);
  isTaken = true;
  await expect(s3.toggle()).rejects.toThrow('the port is taken');
  expect(s3.isStopped()).toBe(true);
  isTaken = false;
  await s3.toggle();
  expect(s3.isStopped()).toBe(false);
});
