import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock';
import { OutOfTimeError } from '../../src/retry';
import { TwilioApiError } from '../../src/twilio/errors';
import { Transport } from '../../src/twilio/transport';
import {
  type Account,
  answering,
  answerLost,
  type Fault,
  openAccount,
  reset,
  silence,
} from '../helpers/twilio/account';

const ATTEMPTS = 6;
const always = (fault: Fault): Fault[] => Array.from({ length: ATTEMPTS }, () => fault);
const limited = (seconds: number) => answering(429, '{}', { 'retry-after': String(seconds) });

const content = randomBytes(3_000_000);

/** Uploads a large Asset despite these faults; returns the bytes that arrived. */
async function uploadDespite(account: Account, faults: readonly Fault[]): Promise<Buffer[]> {
  const { twilio, api, service } = account;
  const asset = await twilio.createResource('Assets', 'a.mp3');
  account.faults.push(...faults);
  await twilio.upload('Assets', asset, {
    path: '/a.mp3',
    visibility: 'public',
    content,
    contentType: 'audio/mpeg',
  });
  const files = api.twilio.state.services.get(service)?.assets.get(asset)?.versions.values();
  return [...(files ?? [])].map((version) => version.content);
}

it('leaves no connection behind when it is closed', async () => {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const transport = new Transport({ clock: systemClock, deadline: Date.now() + 60_000 });
  const opened = once(server, 'connection');
  const url = `http://127.0.0.1:${address.port}/`;
  await transport.ask({ method: 'GET', url, auth: 'AC0:token' }, ({ body }) => body);
  const [socket] = await opened;
  const closed = once(socket, 'close');
  transport.close();
  await closed;
  server.close();
});

describe('a request', () => {
  it.each<[string, Fault]>([
    ['an error inside Twilio', answering(500)],
    ['an error of a gateway', answering(502, '<html>')],
    ['being told to wait', answering(429)],
    ['Twilio being busy', answering(503)],
    ['a broken connection', reset],
  ])('is tried again after %s', async (_, fault) => {
    const { twilio, environment, faults, requests } = await openAccount();
    faults.push(fault, fault);
    expect((await twilio.environment(environment)).sid).toBe(environment);
    expect(requests).toHaveLength(3);
  });

  it('is tried again when no answer comes in time', async () => {
    const { twilio, environment, faults, requests } = await openAccount({ timeoutMs: 1000 });
    faults.push(silence);
    expect((await twilio.environment(environment)).sid).toBe(environment);
    expect(requests).toHaveLength(2);
  });

  it('waits as long as Twilio asks for', async () => {
    const { twilio, environment, faults, slept } = await openAccount();
    faults.push(limited(17));
    await twilio.environment(environment);
    expect(slept).toEqual([17_000]);
  });

  it('backs off exponentially without a Retry-After', async () => {
    const { twilio, environment, faults, slept } = await openAccount();
    faults.push(...always(answering(500)));
    await expect(twilio.environment(environment)).rejects.toThrow('500');
    expect(slept).toEqual([100, 200, 400, 800, 1600]);
  });

  it('does not wait past the deadline, and says what Twilio answered', async () => {
    const { twilio, environment, faults, slept } = await openAccount({ deadline: 10_000 });
    faults.push(limited(11));
    const asking = twilio.environment(environment);
    await expect(asking).rejects.toMatchObject({ status: 429 });
    await expect(asking).rejects.toThrow('try again later');
    expect(slept).toEqual([]);
  });

  it('is not begun after the deadline', async () => {
    const { twilio, environment, requests, clock } = await openAccount({ deadline: 1000 });
    await clock.sleep(1000);
    await expect(twilio.environment(environment)).rejects.toThrow(OutOfTimeError);
    expect(requests).toEqual([]);
  });

  it.each([400, 404, 409])('is not tried again after %i', async (status) => {
    const { twilio, environment, faults, requests } = await openAccount();
    faults.push(answering(status));
    await expect(twilio.environment(environment)).rejects.toMatchObject({ status });
    expect(requests).toHaveLength(1);
  });
});

describe.each<[string, (account: Account) => Promise<unknown>]>([
  ['a Deployment', ({ twilio, environment }) => twilio.deploy(environment, `ZB${'0'.repeat(32)}`)],
  [
    'a new Build',
    ({ twilio }) =>
      twilio.createBuild({
        assetVersions: [],
        functionVersions: [],
        dependencies: [],
        runtime: 'node22',
      }),
  ],
])('%s', (_, ask) => {
  it('that Twilio limits is not sent again, and fails with the time to wait', async () => {
    const account = await openAccount();
    account.faults.push(limited(17));
    await expect(ask(account)).rejects.toMatchObject({ status: 429, retryAfterMs: 17_000 });
    expect(account.slept).toEqual([]);
    expect(account.requests).toHaveLength(1);
  });

  it('whose answer is lost is not sent again', async () => {
    const account = await openAccount();
    account.faults.push(reset);
    await expect(ask(account)).rejects.toMatchObject({ status: undefined });
    expect(account.requests).toHaveLength(1);
  });
});

describe('an upload', () => {
  it('brings the same bytes once', async () => {
    const arrived = await uploadDespite(await openAccount(), []);
    expect(arrived.map((bytes) => bytes.equals(content))).toEqual([true]);
  });

  it.each<[string, Fault]>([
    ['an error inside Twilio', answering(500)],
    ['being told to wait', limited(1)],
    ['a broken connection', reset],
  ])('brings the same bytes at its third try, after %s', async (_, fault) => {
    const arrived = await uploadDespite(await openAccount(), [fault, fault]);
    expect(arrived.map((bytes) => bytes.equals(content))).toEqual([true]);
  });

  it('is sent again when its response was lost', async () => {
    const arrived = await uploadDespite(await openAccount(), [answerLost]);
    expect(arrived.map((bytes) => bytes.equals(content))).toEqual([true, true]);
  });

  it.each([
    [
      'words',
      answering(413, JSON.stringify({ code: 20413, message: 'Too large', status: 413 })),
      'answered 413 (20413): Too large',
    ],
    ['no words', answering(413, ''), 'answered 413: no message'],
    ['words of a gateway', answering(413, '<html>Too large</html>'), 'answered 413: no message'],
    [
      'words of another kind',
      answering(413, '{"code":"too_large","message":{}}'),
      'answered 413: no message',
    ],
  ])('that is refused with %s says with which status', async (_, fault, message) => {
    const uploading = uploadDespite(await openAccount(), [fault]);
    await expect(uploading).rejects.toThrow(TwilioApiError);
    await expect(uploading).rejects.toThrow(message);
    await expect(uploading).rejects.toMatchObject({ status: 413 });
  });
});
