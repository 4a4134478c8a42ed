import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { type StatusResponse, statusResponse } from '../../src/status/response';
import { runSync } from '../helpers/cli/commands';
import { nextSecond, publishManifest, serverless } from '../helpers/sandbox/publish';
import { s3ClientOf } from '../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';
import { audio } from '../helpers/sync/rig';

const NEW = audio('a new menu');
const MENU = 'prompts/menu.mp3';

let sandbox: TestSandbox;
let s3: S3Client;
beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = s3ClientOf(sandbox.variables);
});
afterAll(async () => {
  s3.destroy();
  await sandbox.stop();
});

function request(options: RequestInit = {}): Promise<Response> {
  const headers = {
    authorization: `Bearer ${sandbox.variables.ADMIN_SECRET}`,
    origin: 'https://example.com',
  };
  return fetch(`${sandbox.publicOrigin}/status`, { headers, ...options });
}

async function readStatus(): Promise<StatusResponse> {
  const response = await request();
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  // No other site may read it.
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-'))).toEqual([]);
  const text = await response.text();
  const { S3_SECRET_ACCESS_KEY, S3_ACCESS_KEY_ID, AUTH_TOKEN, ADMIN_SECRET } = sandbox.variables;
  for (const secret of [S3_SECRET_ACCESS_KEY, S3_ACCESS_KEY_ID, AUTH_TOKEN, ADMIN_SECRET]) {
    expect(text).not.toContain(secret);
  }
  expect(text).not.toContain('X-Amz-');
  return v.parse(statusResponse, JSON.parse(text));
}

const promptAt = ({ prompts }: StatusResponse, key: string) =>
  prompts.find((prompt) => prompt.key === key);

async function bytesAt(path: string | undefined): Promise<Buffer> {
  const response = await fetch(sandbox.publicOrigin + path);
  expect([path, response.status]).toEqual([path, 200]);
  return Buffer.from(await response.arrayBuffer());
}

const ofMenu = () => ({ Bucket: sandbox.variables.S3_BUCKET, Key: MENU });
const sync = () => runSync([], { ...sandbox.variables, SYNC_QUIET_SECONDS: '0' });

/** Twilio dates Deployments to the second, which orders them. */
async function waitForNextSecond(): Promise<void> {
  const twilio = serverless(sandbox);
  const [environment] = await twilio.environments();
  await nextSecond(twilio, environment?.sid ?? '');
}

// Each test goes on from the one before.
describe('the deployed /status', () => {
  it('tells a deploy without a sync, and what the proxy plays can be heard', async () => {
    const status = await readStatus();
    expect(status).toMatchObject({
      domain: new URL(sandbox.publicOrigin).host,
      counts: { asset: 0, proxy: 8, spoken: 0, missing: 0, unused: 0 },
      live: { by: 'toolkit', prompts: 0 },
      nextSync: { upload: 8, build: true },
    });
    const heard = await bytesAt(promptAt(status, MENU)?.heardAt);
    expect(promptAt(status, MENU)?.object?.bytes).toBe(heard.length);
  });

  it('tells a sync, and nothing more to do', async () => {
    await waitForNextSecond();
    await sync();
    expect(await readStatus()).toMatchObject({
      counts: { asset: 8, proxy: 0, spoken: 0, missing: 0, unused: 0 },
      live: { by: 'sync', prompts: 8 },
      nextSync: { upload: 0, bytes: 0, retire: 0, retain: 0, skip: 0, build: false },
      deployments: [{ by: 'sync', changes: ['8 prompts added'] }, { by: 'toolkit' }],
    });
  });

  it('tells a replaced prompt: both contents can be heard, until a sync brings the new one', async () => {
    await s3.send(new PutObjectCommand({ ...ofMenu(), Body: NEW, ContentType: 'audio/mpeg' }));
    const before = promptAt(await readStatus(), MENU);
    expect(before).toMatchObject({ state: 'asset', next: 'replace' });
    expect(await bytesAt(before?.heardAt)).not.toEqual(NEW);
    expect(await bytesAt(before?.storedAt)).toEqual(NEW);
    await waitForNextSecond();
    await sync();
    const after = promptAt(await readStatus(), MENU);
    expect(await bytesAt(after?.heardAt)).toEqual(NEW);
    expect(after).not.toHaveProperty('storedAt');
    expect(after).not.toHaveProperty('problem');
  });

  it('tells a prompt that is gone, before the sync and after it', async () => {
    await s3.send(new DeleteObjectCommand(ofMenu()));
    const before = promptAt(await readStatus(), MENU);
    expect(before).toMatchObject({
      state: 'missing',
      next: 'remove',
      problem: expect.stringContaining('Callers hear its earlier recording until the next sync'),
    });
    expect(await bytesAt(before?.heardAt)).toEqual(NEW);
    await waitForNextSecond();
    await sync();
    const status = await readStatus();
    expect(status.prompts[0]).toMatchObject({
      key: MENU,
      state: 'missing',
      problem: expect.stringContaining('Callers hear its text.'),
    });
    expect(status.prompts[0]).not.toHaveProperty('heardAt');
  });

  it('tells who rolled back', async () => {
    const twilio = serverless(sandbox);
    const [environment] = await twilio.environments();
    const [, earlier] = (await readStatus()).deployments;
    await waitForNextSecond();
    await twilio.deploy(environment?.sid ?? '', earlier?.buildSid ?? '');
    expect(await readStatus()).toMatchObject({
      live: { buildSid: earlier?.buildSid, by: 'rollback' },
      deployments: [
        { by: 'rollback', changes: ['back again', '1 prompt added'] },
        { by: 'sync', changes: ['1 prompt removed'] },
        { by: 'sync' },
        { by: 'sync' },
        { by: 'toolkit' },
      ],
    });
  });

  it('answers, whatever the manifest of its Build is', async () => {
    await publishManifest(sandbox, 'module.exports = {};\n');
    expect(await readStatus()).toMatchObject({ counts: { asset: 0, proxy: 7, missing: 1 } });
  });

  it.each([
    ['no header', {}],
    ['another secret', { authorization: 'Bearer another secret of thirty-two characters' }],
    ['a cookie', { cookie: 'authorization=Bearer' }],
  ])('answers 401 to a request with %s', async (_, headers) => {
    const response = await request({ headers });
    expect([response.status, await response.text()]).toEqual([
      401,
      'This address needs authorization.',
    ]);
  });

  it('believes no header in a parameter', async () => {
    const { ADMIN_SECRET } = sandbox.variables;
    const query = new URLSearchParams({
      'request[headers][authorization]': `Bearer ${ADMIN_SECRET}`,
      authorization: `Bearer ${ADMIN_SECRET}`,
    });
    const response = await fetch(`${sandbox.publicOrigin}/status?${query}`);
    expect(response.status).toBe(401);
  });

  it('tells the prompts of its own Build where S3 is down', async () => {
    await sandbox.stopS3();
    const { bucket, live, prompts } = await readStatus();
    expect(bucket.problem).toMatch(/^Listing bucket phone-prompts: S3 could not be reached/);
    expect(live).toBeDefined();
    expect(prompts).toHaveLength(8);
  });
});
