import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { doctor } from '../../cli/doctor';
import { appended, isPrivate, ownSigner, presigned } from '../../cli/doctor/access';
import { listing, readable } from '../../cli/doctor/bucket';
import { promptPath, samplePrompts } from '../../sandbox/prompts';
import { systemClock } from '../../src/clock';
import { readConfig } from '../../src/config';
import { credentialsOf } from '../../src/credentials/with-aws-clients';
import { PromptBucket, UnreadableObjectError } from '../../src/s3/prompts';
import { givePolicy, readerVariables } from '../helpers/ceph/reader';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { resultOfProgram, startProgram } from '../helpers/program';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { startTestS3, type TestS3 } from '../helpers/s3/server';
import { presignedUrl } from '../helpers/sigv4/presign';

const PREFIX = 'prompts/';
const KEY = `${PREFIX}welcome.mp3`;
const OUTSIDE = 'invoices/1.mp3';

let s3: TestS3;
/** The variables of a deployment whose key has infra/iam-policy.json, and no other right. */
let variables: Readonly<Record<string, string>>;
let reader: S3Client;
let proxy: TestProxy;

captureLog();

const infra = (file: string) => readFileSync(join(__dirname, '../../infra', file), 'utf8');

beforeAll(async () => {
  s3 = await startTestS3();
  for (const prompt of samplePrompts) {
    const body = readFileSync(promptPath(prompt));
    await s3.put(`${PREFIX}${prompt.file}`, body, { ContentType: 'audio/mpeg' });
  }
  await s3.put(OUTSIDE, randomBytes(100));
  const policy = infra('iam-policy.json')
    .replaceAll('YOUR-BUCKET', s3.bucket)
    .replaceAll('YOUR-PREFIX', PREFIX);
  givePolicy(s3, policy);
  variables = { ...s3.variables, ...readerVariables(), S3_PREFIX: PREFIX };
  reader = new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: {
      accessKeyId: variables.S3_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.S3_SECRET_ACCESS_KEY ?? '',
    },
  });
  proxy = startTestProxy(readConfig({ ...variables, AUDIO_CACHE_MB: '0' }));
});

afterAll(async () => {
  proxy.close();
  reader.destroy();
  await s3.stop();
});

const doctorLine = v.object({ check: v.optional(v.string()), status: v.optional(v.string()) });

function openBucket(): PromptBucket {
  const deadline = Date.now() + 20_000;
  return new PromptBucket(readConfig(variables).s3, {
    clock: systemClock,
    deadline,
    credentialsOf,
  });
}

describe('with infra/iam-policy.json and no other right', () => {
  test('the sync lists the prefix and reads what is there', async () => {
    const bucket = openBucket();
    const objects = await bucket.list();
    expect(objects.map(({ key }) => key).sort()).toEqual(
      samplePrompts.map(({ file }) => `${PREFIX}${file}`).sort(),
    );
    const [object] = objects;
    if (!object) throw new Error('nothing is listed');
    await bucket.readFirstByte(object);
    expect((await bucket.fetch(object)).length).toBe(object.size);
    bucket.close();
  });

  test('a listing of more than one page goes on, and so does one of a folder', async () => {
    const page = { Bucket: s3.bucket, Prefix: PREFIX, MaxKeys: 2 };
    const first = await reader.send(new ListObjectsV2Command(page));
    const ContinuationToken = first.NextContinuationToken;
    const second = await reader.send(new ListObjectsV2Command({ ...page, ContinuationToken }));
    expect([first.KeyCount, second.KeyCount]).toEqual([2, 2]);
    const folder = new ListObjectsV2Command({ ...page, Prefix: `${PREFIX}menus/` });
    expect((await reader.send(folder)).KeyCount).toBe(0);
  });

  test('the proxy serves a whole object, a range, and a 304', async () => {
    const whole = await proxy.get(KEY);
    expect(whole.status).toBe(200);
    const { ETag: etag = '' } = whole.headers;
    const range = await proxy.get(KEY, { headers: { range: 'bytes=0-9' } });
    expect([range.status, range.body.length]).toEqual([206, 10]);
    expect((await proxy.get(KEY, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const object = { Bucket: s3.bucket, Key: KEY };
    const matched = await reader.send(new GetObjectCommand({ ...object, IfMatch: etag }));
    expect(matched.$metadata.httpStatusCode).toBe(200);
    expect((await reader.send(new HeadObjectCommand(object))).ETag).toBe(etag);
  });

  test('a presigned URL of an object is served', async () => {
    const { s3: location } = readConfig(variables);
    const { credentials } = location;
    if (credentials.kind !== 'access key') throw new Error('no access key');
    const access = { ...location, credentials: credentials.keys };
    expect((await fetch(presignedUrl(access, KEY, new Date(), 60))).status).toBe(200);
  });

  test('a deployment syncs, calls hear Assets, and the inspector shows what it should', async () => {
    const { file, remove } = writeVariables(variables);
    const program = startProgram('sandbox/main.ts', ['--once', '--env', file], { PORT: '0' });
    const { code, out, err } = await resultOfProgram(program);
    remove();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Synced: ${samplePrompts.length} prompts of the bucket are Assets now.`);
  });

  test('doctor finds nothing wrong with the bucket, whatever it says of Twilio', async () => {
    const { file, remove } = writeVariables(variables);
    const { out } = await runVerb(doctor, ['--env', file, '--json']);
    remove();
    const lines = out
      .trim()
      .split('\n')
      .map((line) => v.parse(doctorLine, JSON.parse(line)));
    const found = new Map(lines.map(({ check, status }) => [check, status]));
    const names = [listing, readable, isPrivate, presigned, appended, ownSigner].map(
      ({ name }) => name,
    );
    expect(names.map((name) => [name, found.get(name)])).toEqual(names.map((name) => [name, 'ok']));
  });

  const Key = KEY;
  const Other = { Key: OUTSIDE };
  const policy = { Policy: infra('bucket-policy.json') };
  test.each<[string, (Bucket: string) => Promise<unknown>]>([
    [
      'a listing of the whole bucket',
      (Bucket) => reader.send(new ListObjectsV2Command({ Bucket })),
    ],
    [
      'a listing of an empty prefix',
      (Bucket) => reader.send(new ListObjectsV2Command({ Bucket, Prefix: '' })),
    ],
    [
      'a listing of half of the prefix',
      (Bucket) => reader.send(new ListObjectsV2Command({ Bucket, Prefix: 'prompts' })),
    ],
    [
      'a listing of another prefix',
      (Bucket) => reader.send(new ListObjectsV2Command({ Bucket, Prefix: 'invoices/' })),
    ],
    [
      'a listing of versions',
      (Bucket) => reader.send(new ListObjectVersionsCommand({ Bucket, Prefix: PREFIX })),
    ],
    ['a listing of uploads', (Bucket) => reader.send(new ListMultipartUploadsCommand({ Bucket }))],
    ['a look at the bucket', (Bucket) => reader.send(new HeadBucketCommand({ Bucket }))],
    [
      'an object outside the prefix',
      (Bucket) => reader.send(new GetObjectCommand({ Bucket, ...Other })),
    ],
    ['its head', (Bucket) => reader.send(new HeadObjectCommand({ Bucket, ...Other }))],
    ['an upload', (Bucket) => reader.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))],
    [
      'an upload in parts',
      (Bucket) => reader.send(new CreateMultipartUploadCommand({ Bucket, Key })),
    ],
    [
      'the end of one',
      (Bucket) => reader.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: '1' })),
    ],
    [
      'a copy',
      (Bucket) =>
        reader.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${OUTSIDE}` })),
    ],
    ['a deletion', (Bucket) => reader.send(new DeleteObjectCommand({ Bucket, Key }))],
    ["an object's ACL", (Bucket) => reader.send(new GetObjectAclCommand({ Bucket, Key }))],
    [
      'a change of it',
      (Bucket) => reader.send(new PutObjectAclCommand({ Bucket, Key, ACL: 'public-read' })),
    ],
    ["an object's tags", (Bucket) => reader.send(new GetObjectTaggingCommand({ Bucket, Key }))],
    ["the bucket's policy", (Bucket) => reader.send(new GetBucketPolicyCommand({ Bucket }))],
    ['a change of it', (Bucket) => reader.send(new PutBucketPolicyCommand({ Bucket, ...policy }))],
    ['its removal', (Bucket) => reader.send(new DeleteBucketPolicyCommand({ Bucket }))],
    ["the bucket's ACL", (Bucket) => reader.send(new GetBucketAclCommand({ Bucket }))],
    [
      'its notifications',
      (Bucket) => reader.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
    ],
    ['its versioning', (Bucket) => reader.send(new GetBucketVersioningCommand({ Bucket }))],
    [
      'a change of it',
      (Bucket) =>
        reader.send(
          new PutBucketVersioningCommand({
            Bucket,
            VersioningConfiguration: { Status: 'Enabled' },
          }),
        ),
    ],
    ["the bucket's region", (Bucket) => reader.send(new GetBucketLocationCommand({ Bucket }))],
    ['the removal of the bucket', (Bucket) => reader.send(new DeleteBucketCommand({ Bucket }))],
  ])('refuses %s', async (_, act) => {
    await expect(act(s3.bucket)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test('a deletion of many deletes none', async () => {
    const many = { Bucket: s3.bucket, Delete: { Objects: [{ Key }] } };
    const answer = await reader.send(new DeleteObjectsCommand(many)).catch((error) => error);
    expect(answer.Errors?.[0]?.Code ?? answer.name).toBe('AccessDenied');
    expect((await proxy.get(KEY)).status).toBe(200);
  });

  test("others' buckets are not in its list", async () => {
    expect((await reader.send(new ListBucketsCommand())).Buckets ?? []).toEqual([]);
  });

  test('a missing key is refused, not missing, and the proxy says that it may be missing', async () => {
    const missing = new GetObjectCommand({ Bucket: s3.bucket, Key: `${PREFIX}none.mp3` });
    await expect(reader.send(missing)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    const { status, line } = await proxy.get(`${PREFIX}none.mp3`);
    expect(status).toBe(502);
    expect(line.message).toContain('403 AccessDenied');
    expect(line.message).toContain('a missing key is refused like this, too');
  });

  test('a prompt that is deleted while a sync runs is refused once, and the next listing lacks it', async () => {
    const key = `${PREFIX}short-lived.mp3`;
    await s3.put(key, randomBytes(100));
    const bucket = openBucket();
    const object = (await bucket.list()).find((listed) => listed.key === key);
    if (!object) throw new Error('it is not listed');
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: key }));
    const thrown = await bucket.fetch(object).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(UnreadableObjectError);
    expect(String(thrown)).toContain('a missing key is refused like this, too');
    expect((await bucket.list()).map((listed) => listed.key)).not.toContain(key);
    bucket.close();
  });

  test('a prompt of the call flow that the bucket lacks is missing all the same', async () => {
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: `${PREFIX}hours.mp3` }));
    const { file, remove } = writeVariables(variables);
    const program = startProgram('sandbox/main.ts', ['--once', '--env', file], { PORT: '0' });
    const { out } = await resultOfProgram(program);
    remove();
    expect(out).toContain(
      `The bucket has no ${PREFIX}hours.mp3 under ${PREFIX}, which the call flow names`,
    );
    expect(out).toContain(
      `Synced: ${samplePrompts.length - 1} prompts of the bucket are Assets now.`,
    );
    // It is said, not asked for: no medium fails.
    expect(out).not.toMatch(/hours\.mp3 +\d{3}/);
    expect(out).not.toMatch(/AccessDenied/);
  });
});
