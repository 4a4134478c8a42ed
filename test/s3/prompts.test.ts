import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type S3Server, startS3 } from '../../sandbox/s3';
import { S3_ATTEMPTS } from '../../src/limits';
import { OutOfTimeError } from '../../src/retry';
import { S3Error } from '../../src/s3/errors';
import {
  ChangedObjectError,
  PromptBucket,
  type PromptObject,
  UnreadableObjectError,
} from '../../src/s3/prompts';
import { FakeClock } from '../helpers/clock';
import {
  type Fault,
  type FaultServer,
  S3_ERROR_MESSAGE,
  s3Error,
  startFaultServer,
} from '../helpers/fault-server';
import { DOT_SEGMENT_KEYS, HOSTILE_KEYS } from '../helpers/hostile-keys';

const Bucket = 'prompts';
const content = Buffer.from('This is a prompt. '.repeat(1000));

let s3: S3Server;
let client: S3Client;
let faulty: FaultServer;
const opened: PromptBucket[] = [];

beforeAll(async () => {
  s3 = await startS3({ buckets: [Bucket, 'odd', 'empty'] });
  // Without a checksum of the SDK's, so that the ETag must do.
  client = new S3Client({
    ...s3,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  faulty = await startFaultServer(s3.endpoint);
  await put('hello.mp3', content);
});

afterEach(() => {
  for (const bucket of opened.splice(0)) bucket.close();
  faulty.next();
  faulty.requests.length = 0;
});

afterAll(async () => {
  client.destroy();
  await faulty.close();
  await s3.stop();
});

async function put(Key: string, Body: Buffer, bucket = Bucket): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}

interface Settings {
  readonly bucket?: string;
  readonly prefix?: string;
  readonly region?: string;
  readonly clock?: FakeClock;
  readonly deadline?: number;
  readonly timeoutMs?: number;
  readonly secretAccessKey?: string;
}

function open(settings: Settings = {}): PromptBucket {
  const { bucket = Bucket, prefix = '', clock = new FakeClock(), timeoutMs } = settings;
  const { deadline = Number.POSITIVE_INFINITY } = settings;
  const { accessKeyId } = s3.credentials;
  const { secretAccessKey = s3.credentials.secretAccessKey } = settings;
  const opening = new PromptBucket(
    {
      bucket,
      prefix,
      region: settings.region ?? s3.region,
      endpoint: faulty.endpoint,
      addressingStyle: 'auto',
      credentials: { kind: 'access key', keys: { accessKeyId, secretAccessKey } },
    },
    { clock, deadline, ...(timeoutMs !== undefined && { timeoutMs }) },
  );
  opened.push(opening);
  return opening;
}

async function listed(key: string): Promise<PromptObject> {
  const found = (await open().list()).find((object) => object.key === key);
  if (!found) throw new Error(`${key} is not listed`);
  faulty.requests.length = 0;
  return found;
}

/** Reads hello.mp3 while these faults happen, one a request. */
async function fetchDespite(faults: readonly Fault[], settings: Settings = {}): Promise<Buffer> {
  const object = await listed('hello.mp3');
  faulty.next(...faults);
  return open(settings).fetch(object);
}

const always = (fault: Fault): Fault[] => Array.from({ length: S3_ATTEMPTS }, () => fault);

const OVERLOADED = s3Error(503, 'SlowDown', { 'retry-after': '7' });
const RESET: Fault = { kind: 'reset', afterBytes: 0 };
const CUT_IN_BODY: Fault = { kind: 'cut', afterBytes: -100 };
const SHORTENED: Fault = { kind: 'changed', body: (body) => body.subarray(1) };
const LENGTHENED: Fault = { kind: 'changed', body: (body) => Buffer.concat([body, body]) };
const CORRUPT: Fault = { kind: 'changed', body: (body) => Buffer.from(body).fill('x', 5, 6) };
const withChecksum = (algorithm: string, value: string): Fault => ({
  kind: 'changed',
  headers: { [`x-amz-checksum-${algorithm}`]: value },
});

describe('fetch', () => {
  test.each<[string, Fault]>([
    ['a connection that breaks before the response', RESET],
    ['a connection that breaks in the body', CUT_IN_BODY],
    ['a body that is whole for HTTP, but too short', SHORTENED],
    ['a body that is too long', LENGTHENED],
    ['bytes that were changed on the way', CORRUPT],
    ['a checksum that does not match', withChecksum('crc32', 'AAAAAA==')],
    ['S3 being overloaded', s3Error(503, 'SlowDown')],
    ['an error inside S3', s3Error(500, 'InternalError')],
  ])('another attempt follows %s', async (_, fault) => {
    expect(await fetchDespite([fault, fault])).toEqual(content);
    expect(faulty.requests).toHaveLength(3);
  });

  test.each<[string, Fault]>([
    ['before it answers', { kind: 'stall', afterBytes: 0 }],
    ['in the body', { kind: 'stall', afterBytes: -100 }],
  ])('another attempt follows the timeout of a server that stops %s', async (_, fault) => {
    expect(await fetchDespite([fault], { timeoutMs: 2000 })).toEqual(content);
    expect(faulty.requests).toHaveLength(2);
  });

  test.each<[string, Fault, string]>([
    ['shortened', SHORTENED, `${content.length - 1} bytes came instead of ${content.length}`],
    ['corrupt', CORRUPT, 'do not match their MD5'],
  ])('bytes that stay %s are never returned', async (_, fault, message) => {
    const fetching = fetchDespite(always(fault));
    await expect(fetching).rejects.toThrow(S3Error);
    await expect(fetching).rejects.toThrow(message);
    expect(faulty.requests).toHaveLength(S3_ATTEMPTS);
  });

  test('the next attempt waits as long as S3 asks for', async () => {
    const clock = new FakeClock();
    await fetchDespite([OVERLOADED], { clock });
    expect(clock.slept).toEqual([7000]);
  });

  test('no wait goes past the deadline', async () => {
    const clock = new FakeClock();
    const fetching = fetchDespite([OVERLOADED], { clock, deadline: clock.time + 5000 });
    await expect(fetching).rejects.toThrow('503 SlowDown');
    expect(clock.slept).toEqual([]);
  });

  test('no attempt begins after the deadline', async () => {
    const clock = new FakeClock();
    const fetching = fetchDespite([], { clock, deadline: clock.time });
    await expect(fetching).rejects.toThrow(OutOfTimeError);
    expect(faulty.requests).toEqual([]);
  });

  test('an object that was replaced since it was listed is an error', async () => {
    await put('replaced.mp3', Buffer.from('old'));
    const object = await listed('replaced.mp3');
    await put('replaced.mp3', Buffer.from('new, and longer'));
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
    expect(faulty.requests).toHaveLength(1);
  });

  test('a replaced object is an error where the server ignores If-Match, too', async () => {
    const object = await listed('hello.mp3');
    faulty.next({ kind: 'reply', status: 200, headers: { etag: '"another"' }, body: 'new' });
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
    expect(faulty.requests).toHaveLength(1);
  });

  test('an object that was deleted since it was listed is an error', async () => {
    const object = { ...(await listed('hello.mp3')), key: 'deleted.mp3' };
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
  });

  test.each<[string, Fault]>([
    ['CRC-32', withChecksum('crc32', base64OfCrc32(content))],
    ['SHA-256', withChecksum('sha256', createHash('sha256').update(content).digest('base64'))],
    ['an unknown algorithm', withChecksum('xyz', 'AAAA')],
  ])('bytes that match the checksum of S3 are returned: %s', async (_, fault) => {
    expect(await fetchDespite([fault])).toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test('the CRC-64 that S3 computes for every new object is checked', async () => {
    await fetchDespite([withChecksum('crc64nvme', 'AAAAAAAAAAA=')]);
    expect(faulty.requests).toHaveLength(2);
  });

  test('the ETag is no MD5 where S3 encrypts with KMS', async () => {
    const headers = { 'x-amz-server-side-encryption': 'aws:kms' };
    expect(await fetchDespite([{ ...CORRUPT, headers }])).not.toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test('an object that was uploaded in parts, whose ETag is no MD5, is read', async () => {
    const Key = 'parts.mp3';
    s3.store.put(Bucket, Key, content, { etag: 'd41d8cd98f00b204e9800998ecf8427e-1' });
    const object = await listed(Key);
    expect(object.etag).toMatch(/-1"$/);
    expect(await open().fetch(object)).toEqual(content);
  });

  test('an empty object is read', async () => {
    await put('empty.mp3', Buffer.alloc(0));
    expect(await open().fetch(await listed('empty.mp3'))).toHaveLength(0);
  });
});

describe('an error of S3', () => {
  test.each<[string, Settings, string]>([
    ['a wrong secret', { secretAccessKey: 'not the secret' }, '403 SignatureDoesNotMatch'],
    ['a bucket that does not exist', { bucket: 'nowhere' }, '404 NoSuchBucket. Check S3_BUCKET'],
    ['another region', { region: 'eu-west-1' }, 'AuthorizationHeaderMalformed. Check S3_REGION'],
  ])('that comes from %s ends the call at once', async (_, settings, message) => {
    await expect(open(settings).list()).rejects.toThrow(message);
    expect(faulty.requests).toHaveLength(1);
  });

  test.each<[string, Fault[]]>([
    ['another account', [s3Error(403, 'AccessDenied')]],
    ['a customer key that encrypts it', [s3Error(400, 'InvalidRequest')]],
    ['a disabled KMS key', [s3Error(400, 'KMS.DisabledException')]],
    ['a missing version', [s3Error(404, 'NoSuchVersion')]],
    ['a broken disk', always(s3Error(500, 'InternalError'))],
    ['bytes that do not match its MD5', always(CORRUPT)],
    ['a body of another length', always(SHORTENED)],
  ])('that comes from %s is about this object alone', async (_, faults) => {
    await expect(fetchDespite(faults)).rejects.toThrow(UnreadableObjectError);
  });

  test.each<[string, Fault[]]>([
    ['401', [s3Error(401, 'Unauthorized')]],
    ['an unknown access key', [s3Error(403, 'InvalidAccessKeyId')]],
    ['a wrong secret', [s3Error(403, 'SignatureDoesNotMatch')]],
    ['a wrong clock', [s3Error(403, 'RequestTimeTooSkewed')]],
    ['an expired token', [s3Error(400, 'ExpiredToken')]],
    ['a disabled account', [s3Error(403, 'AllAccessDisabled')]],
    ['a bucket that is gone', [s3Error(404, 'NoSuchBucket')]],
    ['another region', [s3Error(301, 'PermanentRedirect')]],
    ['overload', always(s3Error(503, 'SlowDown'))],
    ['broken connections', always(RESET)],
  ])('that comes from %s is about all objects', async (_, faults) => {
    const thrown = await fetchDespite(faults).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(S3Error);
    expect(thrown).not.toBeInstanceOf(UnreadableObjectError);
  });

  test('names the credentials and the permission, and holds neither a secret nor the message of S3', async () => {
    faulty.next(s3Error(403, 'AccessDenied'));
    const listing = await open().list().catch(String);
    expect(listing).toContain(
      'Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and that the key may s3:ListBucket',
    );
    const object = await listed('hello.mp3');
    faulty.next(s3Error(403, 'AccessDenied'));
    const fetching = await open().fetch(object).catch(String);
    expect(fetching).toContain('hello.mp3');
    expect(fetching).toContain('the key may s3:GetObject');
    const wrong = await open({ secretAccessKey: 'not the secret' }).list().catch(String);
    for (const message of [listing, fetching, wrong]) {
      expect(message).not.toMatch(/not the secret|we calculated/);
      expect(message).not.toContain(S3_ERROR_MESSAGE);
      expect(message).not.toContain(s3.credentials.secretAccessKey);
    }
  });
});

/** One page of a listing, as S3 answers it. */
function page(keys: readonly string[], more: string): Fault {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>`,
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${contents.join('')}${more}</ListBucketResult>`;
  return { kind: 'reply', status: 200, headers: { 'content-type': 'application/xml' }, body };
}

const truncated = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

describe('list', () => {
  test('objects are described, without the folders that consoles make', async () => {
    await put('folder/', Buffer.alloc(0), 'odd');
    await put('folder/a.mp3', content, 'odd');
    const [object, ...others] = await open({ bucket: 'odd', prefix: 'folder/' }).list();
    expect(others).toEqual([]);
    expect(object).toEqual({
      key: 'folder/a.mp3',
      etag: `"${createHash('md5').update(content).digest('hex')}"`,
      size: content.length,
      lastModified: expect.any(Date),
      storageClass: 'STANDARD',
    });
  });

  test('objects with any name are listed and read', async () => {
    // Keys that end so are the folders of consoles.
    const keys = [...HOSTILE_KEYS, ...DOT_SEGMENT_KEYS].filter((key) => !key.endsWith('/'));
    for (const key of keys) await put(key, Buffer.from(key), 'odd');
    const bucket = open({ bucket: 'odd' });
    const found = new Map((await bucket.list()).map((object) => [object.key, object]));
    for (const key of keys) {
      const object = found.get(key);
      expect(object && (await bucket.fetch(object)).toString()).toBe(key);
    }
  });

  test('an empty bucket has an empty listing', async () => {
    expect(await open({ bucket: 'empty' }).list()).toEqual([]);
  });

  test('a listing of several pages is read page by page', async () => {
    faulty.next(page(['a', 'b'], truncated('t1')), page([], truncated('t2')), page(['c'], ''));
    expect((await open().list()).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(faulty.requests.map(({ path }) => /continuation-token=\w+/.exec(path)?.[0])).toEqual([
      undefined,
      'continuation-token=t1',
      'continuation-token=t2',
    ]);
  });

  test('a page that fails is tried again', async () => {
    faulty.next(page(['a'], truncated('t1')), RESET, CUT_IN_BODY, page(['b'], ''));
    expect(await open().list()).toHaveLength(2);
  });

  test.each<[string, Fault[]]>([
    ['says that there is more, but not where', [page(['a'], '<IsTruncated>true</IsTruncated>')]],
    ['turns in a circle', [page(['a'], truncated('t')), page(['b'], truncated('t'))]],
    ['refuses a later page', [page(['a'], truncated('t')), s3Error(403, 'AccessDenied')]],
    ['leaves out an ETag', [page(['a'], '<Contents><Key>b</Key></Contents>')]],
    ['breaks down', [page(['a'], truncated('t')), ...always(s3Error(500, 'InternalError'))]],
  ])('an incomplete listing is an error when S3 %s', async (_, faults) => {
    faulty.next(...faults);
    await expect(open().list()).rejects.toThrow(S3Error);
  });
});

function base64OfCrc32(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}
