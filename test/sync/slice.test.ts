import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { type S3Server, startS3 } from '../../sandbox/s3';
import { readConfig } from '../../src/config';
import { resultOf } from '../../src/result';
import type { FunctionResponse } from '../../src/runtime';
import { DEFAULTS, sync } from '../../src/sync';
import { respondToSync } from '../../src/sync/slice';
import { AUTH_TOKEN } from '../helpers/sandbox/twilio-harness';
import { audio } from '../helpers/sync/rig';
import {
  type Account,
  answering,
  authorized,
  contextOf,
  openAccount,
  openDeployedAccount,
  SECRET,
} from '../helpers/twilio/account';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3({ buckets: ['prompts', 'empty', 'three', 'one', 'large'] });
  const client = new S3Client({ ...s3, forcePathStyle: true });
  const put = (Bucket: string, Key: string, Body = audio(Key)) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body }));
  for (const key of ['a.mp3', 'b.mp3']) await put('prompts', key);
  for (const key of ['a.mp3', 'b.mp3', 'c.mp3']) await put('three', key);
  await put('one', 'a.mp3');
  await put('large', 'small.mp3');
  await put('large', 'large.mp3', Buffer.alloc(8_000_001));
  client.destroy();
});
afterAll(() => s3.stop());

const logged = jest.spyOn(console, 'error');
const informed = jest.spyOn(console, 'info');
beforeEach(() => {
  for (const spy of [logged, informed]) spy.mockReset().mockImplementation(() => {});
});
afterEach(() => {
  const calls = [logged, informed].map((spy) => spy.mock.calls);
  expect(JSON.stringify(calls)).not.toMatch(secrets());
});
afterAll(() => {
  jest.restoreAllMocks();
});

function secrets(): RegExp {
  const all = [SECRET, AUTH_TOKEN, s3.credentials.secretAccessKey];
  return new RegExp(all.map((secret) => secret.replace(/[+/]/g, '\\$&')).join('|'));
}

interface Ask {
  readonly context?: Record<string, unknown>;
  readonly event?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

/** Calls /sync; whatever comes back holds neither a secret nor a stack. */
async function ask(account: Account, { context, event = {}, headers = authorized }: Ask = {}) {
  const whole = { ...contextOf(account, s3), ...context };
  const answer: FunctionResponse = await respondToSync({ context: whole, event, headers }, '{}');
  expect(answer.headers['Cache-Control']).toBe('no-store');
  expect(JSON.stringify(answer)).not.toMatch(secrets());
  expect(JSON.stringify(answer)).not.toMatch(/\bat \S+ ?\(|node_modules|\.ts:/);
  return answer;
}

const builds = ({ api, service }: Account) => api.twilio.state.services.get(service)?.builds.size;

describe('/sync', () => {
  it('answers 200 with the report, and 200 without another Build when nothing changed', async () => {
    const account = await openDeployedAccount();
    expect(await ask(account)).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: { prompts: 2, uploaded: 2, remaining: 0, buildSid: expect.stringMatching(/^ZB/) },
    });
    const again = await ask(account);
    expect(again).toMatchObject({ status: 200, body: { prompts: 2, uploaded: 0 } });
    expect(again.body).not.toHaveProperty('buildSid');
    expect(builds(account)).toBe(2);
  });

  it('logs one line: what Assets are like now, and why it is not over', async () => {
    const account = await openDeployedAccount();
    await ask(account);
    await ask(account, { event: { dryRun: 'true' } });
    await ask(await openDeployedAccount({ buildMs: 60_000 }));
    const lines = informed.mock.calls.map(([line]) => JSON.parse(String(line)));
    const counts = { function: 'sync', prompts: 2, remaining: 0, retained: 0, skipped: 0 };
    const level = 'info';
    expect(lines).toEqual([
      { level, event: 'sync-done', ...counts, uploaded: 2, buildSid: expect.stringMatching(/^ZB/) },
      { level, event: 'sync-done', dryRun: true, ...counts, uploaded: 0 },
      { level, event: 'sync-unfinished', ...counts, uploaded: 2, reason: 'build' },
    ]);
  });

  it.each([true, 'true'])('changes nothing when dryRun is %j', async (dryRun) => {
    const account = await openDeployedAccount();
    const { status, body } = await ask(account, { event: { dryRun } });
    expect({ status, body }).toMatchObject({ status: 200, body: { remaining: 2 } });
    expect(builds(account)).toBe(1);
  });

  it('answers 409 when a guard stops it, and goes on when it is forced', async () => {
    const account = await openDeployedAccount();
    await ask(account);
    const context = { S3_BUCKET: 'empty' };
    const stopped = await ask(account, { context });
    expect(stopped).toMatchObject({
      status: 409,
      headers: { 'Retry-After': '-1' },
      body: expect.stringContaining('2 prompts are in use'),
    });
    expect(builds(account)).toBe(2);
    expect(await ask(account, { context, event: { force: true } })).toMatchObject({ status: 200 });
  });

  it('does not go on where more prompts vanish than were agreed to', async () => {
    const account = await openDeployedAccount();
    await ask(account);
    const context = { S3_BUCKET: 'empty' };
    const forced = (vanishing: number | string) =>
      ask(account, { context, event: { force: 'true', vanishing } });
    expect(await forced('1')).toMatchObject({
      status: 409,
      body: expect.stringContaining('2 prompts are in use'),
    });
    expect(builds(account)).toBe(2);
    expect(await forced('2')).toMatchObject({ status: 200 });
  });

  it('lets half of the prompts vanish, and no more', async () => {
    const account = await openDeployedAccount();
    const from = (bucket: string) => ask(account, { context: { S3_BUCKET: bucket } });
    await from('three');
    expect(await from('prompts')).toMatchObject({ status: 200, body: { prompts: 2 } });
    expect(await from('one')).toMatchObject({ status: 200, body: { prompts: 1 } });
    await from('three');
    expect(await from('one')).toMatchObject({
      status: 409,
      body: expect.stringContaining('2 of 3 prompts vanished from bucket one (b.mp3, c.mp3)'),
    });
  });

  it('leaves what is too large for a Function to the command line, and goes on', async () => {
    const account = await openDeployedAccount();
    expect(await ask(account, { context: { S3_BUCKET: 'large' } })).toMatchObject({
      status: 200,
      body: {
        prompts: 1,
        skipped: [{ key: 'large.mp3', reason: 'left to the command line', unplayable: true }],
      },
    });
  });

  it('accepts the scheme in any case', async () => {
    const headers = { authorization: `bearer ${SECRET}` };
    expect(await ask(await openDeployedAccount(), { headers })).toMatchObject({ status: 200 });
  });

  it('answers 503 with Retry-After and the progress while there is more to do', async () => {
    const account = await openDeployedAccount({ limits: { buildsPerHour: 1 } });
    expect(await ask(account)).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '60', 'Content-Type': 'application/json' },
      body: { uploaded: 2, remaining: 0, reason: 'limit' },
    });
  });

  it('rounds a wait of less than a second up to a second', async () => {
    const account = await openDeployedAccount({ buildMs: 60_000 });
    const answer = await ask(account, { context: { SYNC_BUDGET_SECONDS: '1' } });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '1' },
      body: { reason: 'build' },
    });
  });
});

it('a limit that the look-up of the environment reaches is no error', async () => {
  const account = await openDeployedAccount();
  account.faults.push(answering(429, '{}', { 'retry-after': '60' }));
  const target = { service: account.service, environment: 'dev' };
  const settings = { ...DEFAULTS, budgetMs: 1000 };
  expect(await resultOf(sync(readConfig(contextOf(account, s3)), target, settings))).toMatchObject({
    status: 'pending',
    reason: 'limit',
  });
});

describe('/sync without authorization', () => {
  it.each([undefined, '', 'a secret of thirty-one letters.'])(
    'is closed when ADMIN_SECRET is %j, and says what to set',
    async (secret) => {
      const account = await openDeployedAccount();
      const headers = { authorization: `Bearer ${secret}` };
      const answer = await ask(account, { context: { ADMIN_SECRET: secret }, headers });
      expect(answer).toMatchObject({
        status: 503,
        body: expect.stringContaining('Set ADMIN_SECRET to 32'),
      });
      expect(account.requests).toEqual([]);
    },
  );

  it.each<[string, Ask]>([
    ['no header', { headers: {} }],
    ['an empty one', { headers: { authorization: '' } }],
    ['no secret', { headers: { authorization: 'Bearer ' } }],
    ['another secret', { headers: { authorization: `Bearer ${SECRET}x` } }],
    ['the beginning of it', { headers: { authorization: `Bearer ${SECRET.slice(0, -1)}` } }],
    ['the secret alone', { headers: { authorization: SECRET } }],
    ['another scheme', { headers: { authorization: `Basic ${SECRET}` } }],
    [
      'the secret in a parameter',
      { headers: {}, event: { secret: SECRET, authorization: `Bearer ${SECRET}` } },
    ],
  ])('answers 401 to %s, without a hint', async (_, asking) => {
    const account = await openDeployedAccount();
    expect(await ask(account, asking)).toEqual({
      status: 401,
      headers: expect.objectContaining({ 'WWW-Authenticate': 'Bearer' }),
      body: 'This address needs authorization.',
    });
    expect(account.requests).toEqual([]);
  });
});

describe('/sync with an error', () => {
  it.each([
    { dryRun: 'maybe' },
    { dryRun: '' },
    { dryRun: 1 },
    { force: ['true', 'true'] },
    { force: {} },
    { force: null },
    { vanishing: '-1' },
    { vanishing: 'all' },
    { vanishing: 0.5 },
    { vanishing: '' },
  ])('answers 400 to %j', async (event) => {
    const account = await openDeployedAccount();
    expect(await ask(account, { event })).toMatchObject({ status: 400 });
    expect(account.requests).toEqual([]);
  });

  it.each<[number, string, Record<string, unknown>]>([
    [502, 'Check ACCOUNT_SID and AUTH_TOKEN', { AUTH_TOKEN: 'a wrong one' }],
    [
      502,
      'SignatureDoesNotMatch. Check S3_SECRET_ACCESS_KEY',
      { S3_SECRET_ACCESS_KEY: 'a-wrong-one' },
    ],
    [502, 'NoSuchBucket', { S3_BUCKET: 'no-such-bucket' }],
    [500, 'SERVICE_SID', { SERVICE_SID: undefined }],
    [500, 'AUTH_TOKEN are not set', { AUTH_TOKEN: undefined }],
  ])('answers %i and "%s"', async (status, words, context) => {
    const account = await openDeployedAccount();
    const answer = await ask(account, { context });
    expect(answer).toMatchObject({ status, body: expect.stringContaining(words) });
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('answers 502 before anything was deployed, and says what to do', async () => {
    const answer = await ask(await openAccount());
    expect(answer).toMatchObject({
      status: 502,
      body: expect.stringContaining('deploy the project first'),
    });
  });

  it('throws when it is not configured, for the Function to respond', async () => {
    await expect(
      ask(await openDeployedAccount(), { context: { S3_BUCKET: undefined } }),
    ).rejects.toThrow('S3_BUCKET');
  });
});
