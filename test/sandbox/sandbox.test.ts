import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type MediaEvent } from '../../phone';
import { promptFolder } from '../../sandbox/prompts';
import { runSync } from '../helpers/cli/commands';
import { s3ClientOf } from '../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';

let sandbox: TestSandbox;
let s3: S3Client;
/** A prompt's URL from before the first sync. */
let proxied: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = s3ClientOf(sandbox.variables);
});
afterAll(async () => {
  s3.destroy();
  await sandbox.stop();
});

async function listen(digits: readonly string[]): Promise<MediaEvent[]> {
  const { publicOrigin, variables } = sandbox;
  const steps = call({
    voiceUrl: `${publicOrigin}/voice`,
    accountSid: variables.ACCOUNT_SID,
    authToken: variables.AUTH_TOKEN,
    from: '+819012345678',
    to: '+815012345678',
    append: 'always',
    digits,
  });
  const media: MediaEvent[] = [];
  for await (const step of steps) if (step.kind === 'media') media.push(step);
  return media;
}

const routes = (media: readonly MediaEvent[]) =>
  media.map(({ url, status }) => `${new URL(url).pathname.slice(0, 7)} ${status}`);

async function sync(secret = sandbox.variables.ADMIN_SECRET): Promise<Response> {
  const headers = { authorization: `Bearer ${secret}` };
  return fetch(`${sandbox.publicOrigin}/sync`, { method: 'POST', headers });
}

/** Asks until the bucket has not changed for long enough and the Build is live. */
async function syncUntilDone(): Promise<Response> {
  for (;;) {
    const response = await sync();
    if (response.status !== 503) return response;
    await setTimeout(Number(response.headers.get('retry-after')) * 1000);
  }
}

/** The bytes of a sample prompt. */
function recording(file: string): Buffer {
  return readFileSync(join(promptFolder, file));
}

async function put(name: string, content: Buffer): Promise<void> {
  const { S3_BUCKET, S3_PREFIX } = sandbox.variables;
  const object = { Bucket: S3_BUCKET, Key: S3_PREFIX + name, Body: content };
  await s3.send(new PutObjectCommand({ ...object, ContentType: 'audio/mpeg' }));
}

// The tests run in order: a deploy, a sync, a new prompt, a stopped S3.
describe('a deployed project', () => {
  it('plays every prompt through the proxy before the first sync', async () => {
    const media = await listen(['1', '3']);
    expect(new Set(routes(media))).toEqual(new Set(['/audio 200']));
    expect(media.map(({ contentType }) => contentType)).toEqual(media.map(() => 'audio/mpeg'));
    proxied = media[0]?.url ?? '';
  });

  it('refuses a sync without the right secret', async () => {
    const response = await sync('x'.repeat(32));
    expect([response.status, await response.text()]).toEqual([
      401,
      'This address needs authorization.',
    ]);
  });

  it('plays the same bytes as Assets after a sync', async () => {
    const before = await listen(['1', '3']);
    const response = await syncUntilDone();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ prompts: 8, uploaded: 8 });
    const after = await listen(['1', '3']);
    expect(new Set(routes(after))).toEqual(new Set(['/audio/ 200']));
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
  });

  it('changes nothing in a second sync', async () => {
    const body = await (await sync()).json();
    expect(body).toMatchObject({ prompts: 8, uploaded: 0, remaining: 0 });
    expect(body).not.toHaveProperty('buildSid');
  });

  it('survives one appended parameter where a presigned URL does not', async () => {
    const { S3_BUCKET, S3_PREFIX } = sandbox.variables;
    const get = new GetObjectCommand({ Bucket: S3_BUCKET, Key: `${S3_PREFIX}menu.mp3` });
    const presigned = await getSignedUrl(s3, get, { expiresIn: 60 });
    const [, { url: asset } = { url: '' }] = await listen([]);
    const urls = [presigned, asset, proxied].map((url) => new URL(url));
    const statuses = () => Promise.all(urls.map(async (url) => (await fetch(url)).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    for (const { searchParams } of urls) searchParams.append('CallSid', 'CA0');
    expect(await statuses()).toEqual([403, 200, 200]);
  });

  it('plays the new recording of a replaced prompt after the next sync', async () => {
    await put('menu.mp3', recording('goodbye.mp3'));
    await syncUntilDone();
    const [, menu] = await listen([]);
    expect(menu?.body).toEqual(recording('goodbye.mp3'));
  });

  it('plays excluded prompts through the proxy and the others as Assets', async () => {
    const variables = { ...sandbox.variables, SYNC_QUIET_SECONDS: '0' };
    expect(await runSync(['--exclude', 'menu.mp3'], variables)).toMatchObject({ code: 0 });
    expect(routes(await listen(['1'])).slice(0, 3)).toEqual([
      '/audio/ 200',
      '/audio 200',
      '/audio/ 200',
    ]);
    expect(await runSync([], variables)).toMatchObject({ code: 0 });
  });

  it('goes on playing Assets when S3 is stopped', async () => {
    await sandbox.stopS3();
    expect(new Set(routes(await listen(['1', '3'])))).toEqual(new Set(['/audio/ 200']));
  });
});
