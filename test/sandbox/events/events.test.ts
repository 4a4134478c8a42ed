import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { call } from '../../../phone';
import { promptFolder } from '../../../sandbox/prompts';
import { type Fault, type FaultServer, startFaultServer } from '../../helpers/fault-server';
import { s3ClientOf } from '../../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../../helpers/sandbox/start-sandbox';

let sandbox: TestSandbox;
/** In front of the deployed /sync. */
let sync: FaultServer;
let s3: S3Client;

beforeAll(async () => {
  sandbox = await startSandbox();
  sync = await startFaultServer(sandbox.publicOrigin);
  s3 = s3ClientOf(sandbox.variables);
  await sandbox.connectEvents(`${sync.endpoint}/sync`);
});
afterAll(async () => {
  s3.destroy();
  await sandbox.stop();
  await sync.close();
});

const recording = (file: string) => readFileSync(join(promptFolder, file));

async function put(name: string, file: string): Promise<void> {
  const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
  const object = { Bucket, Key: S3_PREFIX + name, Body: recording(file) };
  await s3.send(new PutObjectCommand({ ...object, ContentType: 'audio/mpeg' }));
}

async function remove(name: string): Promise<void> {
  const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
  await s3.send(new DeleteObjectCommand({ Bucket, Key: S3_PREFIX + name }));
}

/** Waits until this many more events are delivered or given up. */
async function outcomesOf(events: number, act: () => Promise<unknown>) {
  const before = sandbox.outcomes.length;
  await act();
  while (sandbox.outcomes.length < before + events) await setTimeout(50);
  return sandbox.outcomes.slice(before).map(({ key, status, answer }) => [key, status, answer]);
}

/** What a caller hears of each prompt: the recording's bytes, or the words that are said. */
async function listen(): Promise<(Buffer | string)[]> {
  const { publicOrigin, variables } = sandbox;
  const steps = call({
    voiceUrl: `${publicOrigin}/voice`,
    accountSid: variables.ACCOUNT_SID,
    authToken: variables.AUTH_TOKEN,
    from: '+819012345678',
    to: '+815012345678',
    append: 'always',
    digits: [],
  });
  const heard: (Buffer | string)[] = [];
  for await (const step of steps) {
    if (step.kind === 'media') heard.push(step.body ?? Buffer.alloc(0));
    if (step.kind === 'verb' && step.verb.endsWith('Say')) heard.push(step.text);
  }
  return heard;
}

const DONE = { status: 200 };
const failing = (status: number, headers = {}): Fault => ({
  kind: 'reply',
  status,
  headers,
  body: '',
});

it('a replaced prompt is heard in the next call, and nobody has run a sync', async () => {
  expect(await outcomesOf(1, () => put('menu.mp3', 'goodbye.mp3'))).toEqual([
    ['prompts/menu.mp3', 'delivered', DONE],
  ]);
  expect((await listen())[1]).toEqual(recording('goodbye.mp3'));
  expect(sync.requests[0]).toMatchObject({
    method: 'POST',
    path: '/sync',
    headers: { authorization: `Bearer ${sandbox.variables.ADMIN_SECRET}` },
  });
});

it('a burst of changes is heard whole, and each of its events ends well', async () => {
  const outcomes = await outcomesOf(3, () =>
    Promise.all([
      put('menu.mp3', 'menu.mp3'),
      put('welcome.mp3', 'hours.mp3'),
      put('goodbye.mp3', 'unknown.mp3'),
    ]),
  );
  expect(outcomes.map(([, status]) => status)).toEqual(Array(3).fill('delivered'));
  const heard = await listen();
  expect([heard[0], heard[1]]).toEqual([recording('hours.mp3'), recording('menu.mp3')]);
});

it('a deleted prompt is said in the next call', async () => {
  const outcomes = await outcomesOf(1, () => remove('welcome.mp3'));
  expect(outcomes).toEqual([['prompts/welcome.mp3', 'delivered', DONE]]);
  expect(typeof (await listen())[0]).toBe('string');
});

it.each<[string, readonly Fault[]]>([
  ['answers 503 and 429', [failing(503, { 'retry-after': '1' }), failing(429)]],
  ['hangs longer than an API destination waits', [{ kind: 'stall', afterBytes: 0 }]],
])('a prompt is heard though /sync %s at first', async (_, faults) => {
  sync.next(...faults);
  expect(await outcomesOf(1, () => put('welcome.mp3', 'welcome.mp3'))).toEqual([
    ['prompts/welcome.mp3', 'delivered', DONE],
  ]);
  expect((await listen())[0]).toEqual(recording('welcome.mp3'));
  expect(await outcomesOf(1, () => remove('welcome.mp3'))).toHaveLength(1);
});

it('an event that a guard refuses is a dead letter, and is not repeated', async () => {
  sync.next(failing(409, { 'retry-after': '-1' }));
  const before = sync.requests.length;
  expect(await outcomesOf(1, () => put('welcome.mp3', 'welcome.mp3'))).toEqual([
    ['prompts/welcome.mp3', 'dead letter', { status: 409, retryAfter: '-1' }],
  ]);
  expect(sync.requests.length - before).toBe(1);
});

it('an object outside the prefix calls nobody', async () => {
  const { S3_BUCKET: Bucket } = sandbox.variables;
  const before = sync.requests.length;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'invoices/1.pdf', Body: 'text' }));
  await outcomesOf(1, () => put('welcome.mp3', 'welcome.mp3'));
  const keys = sandbox.outcomes.map(({ key }) => key);
  expect(sync.requests.length).toBeGreaterThan(before);
  expect(keys).not.toContain('invoices/1.pdf');
});
