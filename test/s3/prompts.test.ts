import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from '../../sandbox/s3';
import type { Clock } from '../../src/clock';
import { S3_ATTEMPTS } from '../../src/limits';
import { OutOfTimeError } from '../../src/retry';
import { S3Error } from '../../src/s3/errors';
import { ChangedObjectError, PromptBucket, type PromptObject } from '../../src/s3/prompts';
import {
  brokenOff,
  type Fault,
  type FaultyServer,
  refusal,
  reset,
  silence,
  stalled,
  startFaulty,
  withBody,
  withHeaders,
} from '../helpers/s3/faulty';

const Bucket = 'prompts';
const content = Buffer.from('This is a prompt. '.repeat(1000));

const ODD_KEYS = [
  ' blank .mp3 ',
  '営業 時間.mp3',
  '+&;,\'"#?:@$()%25<>.mp3',
  'a/../b/./c.mp3',
  '..',
  '//.mp3',
  'tab\tline\nreturn\r.mp3',
  'control\u0001.mp3',
  `${'長'.repeat(340)}.mp3`,
];

let s3: S3Server;
let client: S3Client;
let faulty: FaultyServer;
const opened: PromptBucket[] = [];

beforeAll(async () => {
  s3 = await startS3({ buckets: [Bucket, 'odd', 'empty'] });
  // Without a checksum of the SDK's, so that the ETag must do.
  client = new S3Client({
    ...s3,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  faulty = await startFaulty(s3.endpoint);
  await put('hello.mp3', content);
});

afterEach(() => {
  for (const bucket of opened.splice(0)) bucket.close();
  faulty.faults.length = 0;
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

/** Time that only sleeping moves. */
class TestClock implements Clock {
  readonly slept: number[] = [];
  #now = Date.UTC(2026, 0, 2);
  now = () => new Date(this.#now);
  random = () => 0.5;
  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.#now += milliseconds;
  }
}

interface Settings {
  readonly bucket?: string;
  readonly prefix?: string;
  readonly region?: string;
  readonly clock?: Clock;
  readonly deadline?: number;
  readonly timeoutMs?: number;
  readonly secretAccessKey?: string;
}

function open(settings: Settings = {}): PromptBucket {
  const { bucket = Bucket, prefix = '', clock = new TestClock(), timeoutMs } = settings;
  const { deadline = Number.POSITIVE_INFINITY } = settings;
  const { accessKeyId } = s3.credentials;
  const { secretAccessKey = s3.credentials.secretAccessKey } = settings;
  const opening = new PromptBucket(
    {
      bucket,
      prefix,
      region: settings.region ?? s3.region,
      endpoint: faulty.url,
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
  faulty.faults.push(...faults);
  return open(settings).fetch(object);
}

const always = (fault: Fault): Fault[] => Array.from({ length: S3_ATTEMPTS }, () => fault);
const corrupt = withBody((body) => Buffer.from(body).fill('x', 5, 6));
const shortened = withBody((body) => body.subarray(1));
const lengthened = withBody((body) => Buffer.concat([body, body]));

describe('fetch', () => {
  it.each<[string, Fault]>([
    ['a connection that breaks before the answer', reset],
    ['a connection that breaks inside the body', brokenOff],
    ['a body that is whole for HTTP, but too short', shortened],
    ['a body that is too long', lengthened],
    ['bytes that were changed on the way', corrupt],
    ['a checksum that does not match', withHeaders({ 'x-amz-checksum-crc32': 'AAAAAA==' })],
    ['S3 being overloaded', refusal(503, 'SlowDown')],
    ['an error inside S3', refusal(500, 'InternalError')],
  ])('tries again after %s', async (_, fault) => {
    expect(await fetchDespite([fault, fault])).toEqual(content);
    expect(faulty.requests).toHaveLength(3);
  });

  it.each<[string, Fault]>([
    ['before it answers', silence],
    ['inside the body', stalled],
  ])('does not wait for ever for a server that falls silent %s', async (_, fault) => {
    expect(await fetchDespite([fault], { timeoutMs: 2000 })).toEqual(content);
    expect(faulty.requests).toHaveLength(2);
  });

  it.each<[string, Fault, string]>([
    ['shortened', shortened, `${content.length - 1} bytes came instead of ${content.length}`],
    ['corrupt', corrupt, 'do not match their MD5'],
  ])('never gives bytes that stay %s', async (_, fault, message) => {
    const fetching = fetchDespite(always(fault));
    await expect(fetching).rejects.toThrow(S3Error);
    await expect(fetching).rejects.toThrow(message);
    expect(faulty.requests).toHaveLength(S3_ATTEMPTS);
  });

  it('waits as long as S3 asks for', async () => {
    const clock = new TestClock();
    await fetchDespite([refusal(503, 'SlowDown', { 'retry-after': '7' })], { clock });
    expect(clock.slept).toEqual([7000]);
  });

  it('does not wait past its deadline', async () => {
    const clock = new TestClock();
    const deadline = clock.now().getTime() + 5000;
    const busy = refusal(503, 'SlowDown', { 'retry-after': '7' });
    await expect(fetchDespite([busy], { clock, deadline })).rejects.toThrow('503 SlowDown');
    expect(clock.slept).toEqual([]);
  });

  it('begins nothing after its deadline', async () => {
    const clock = new TestClock();
    const deadline = clock.now().getTime();
    await expect(fetchDespite([], { clock, deadline })).rejects.toThrow(OutOfTimeError);
    expect(faulty.requests).toEqual([]);
  });

  it('says that an object was replaced since it was listed', async () => {
    await put('replaced.mp3', Buffer.from('old'));
    const object = await listed('replaced.mp3');
    await put('replaced.mp3', Buffer.from('new, and longer'));
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
    expect(faulty.requests).toHaveLength(1);
  });

  it('says so too where the server ignores If-Match', async () => {
    const object = await listed('hello.mp3');
    const ignored: Fault = (_, response) =>
      response.writeHead(200, { etag: '"another"', 'content-length': 3 }).end('new');
    faulty.faults.push(ignored);
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
    expect(faulty.requests).toHaveLength(1);
  });

  it('says so for an object that was deleted', async () => {
    const object = { ...(await listed('hello.mp3')), key: 'deleted.mp3' };
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
  });

  it.each<[string, Record<string, string>]>([
    ['CRC-32', { 'x-amz-checksum-crc32': base64OfCrc32(content) }],
    ['SHA-256', { 'x-amz-checksum-sha256': createHash('sha256').update(content).digest('base64') }],
    ['an algorithm that nobody knows', { 'x-amz-checksum-xyz': 'AAAA' }],
  ])('accepts what matches the checksum that S3 sends: %s', async (_, headers) => {
    expect(await fetchDespite([withHeaders(headers)])).toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  it('checks the CRC-64 that S3 computes for every new object', async () => {
    const wrong = withHeaders({ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' });
    await fetchDespite([wrong]);
    expect(faulty.requests).toHaveLength(2);
  });

  it('does not take the ETag for an MD5 where S3 encrypts with KMS', async () => {
    const encrypted: Fault = (answer, response) =>
      corrupt(
        { ...answer, headers: { ...answer.headers, 'x-amz-server-side-encryption': 'aws:kms' } },
        response,
      );
    expect(await fetchDespite([encrypted])).not.toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  it('reads an object that was uploaded in parts, whose ETag is no MD5', async () => {
    const Key = 'parts.mp3';
    s3.store.put(Bucket, Key, content, { etag: 'd41d8cd98f00b204e9800998ecf8427e-1' });
    const object = await listed(Key);
    expect(object.etag).toMatch(/-1"$/);
    expect(await open().fetch(object)).toEqual(content);
  });

  it('reads an empty object', async () => {
    await put('empty.mp3', Buffer.alloc(0));
    expect(await open().fetch(await listed('empty.mp3'))).toHaveLength(0);
  });
});

describe('a refusal', () => {
  it.each<[string, Settings, string]>([
    ['a wrong secret', { secretAccessKey: 'not the secret' }, '403 SignatureDoesNotMatch'],
    ['a bucket that does not exist', { bucket: 'nowhere' }, '404 NoSuchBucket. Check S3_BUCKET'],
    ['another region', { region: 'eu-west-1' }, 'AuthorizationHeaderMalformed. Check S3_REGION'],
  ])('because of %s stops at once', async (_, settings, message) => {
    await expect(open(settings).list()).rejects.toThrow(message);
    expect(faulty.requests).toHaveLength(1);
  });

  it('names the credentials and the permission, and holds neither a secret nor words of S3', async () => {
    faulty.faults.push(refusal(403, 'AccessDenied'));
    const list = open().list().catch(String);
    expect(await list).toContain(
      'Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and that the key may s3:ListBucket',
    );
    const object = await listed('hello.mp3');
    faulty.faults.push(refusal(403, 'AccessDenied'));
    const fetching = await open().fetch(object).catch(String);
    expect(fetching).toContain('hello.mp3');
    expect(fetching).toContain('the key may s3:GetObject');
    const wrong = await open({ secretAccessKey: 'not the secret' }).list().catch(String);
    for (const message of [await list, fetching, wrong]) {
      expect(message).not.toMatch(/not the secret|Words of S3|we calculated/);
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
  return (_, response) => response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
}

const truncated = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

describe('list', () => {
  it('describes objects, without the folders that consoles make', async () => {
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

  it('finds objects by any name, and reads them', async () => {
    for (const key of ODD_KEYS) await put(key, Buffer.from(key), 'odd');
    const bucket = open({ bucket: 'odd' });
    const found = new Map((await bucket.list()).map((object) => [object.key, object]));
    for (const key of ODD_KEYS) {
      const object = found.get(key);
      expect(object && (await bucket.fetch(object)).toString()).toBe(key);
    }
  });

  it('is empty for an empty bucket', async () => {
    expect(await open({ bucket: 'empty' }).list()).toEqual([]);
  });

  it('reads page after page', async () => {
    faulty.faults.push(
      page(['a', 'b'], truncated('t1')),
      page([], truncated('t2')),
      page(['c'], ''),
    );
    expect((await open().list()).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(faulty.requests.map((request) => /continuation-token=\w+/.exec(request)?.[0])).toEqual([
      undefined,
      'continuation-token=t1',
      'continuation-token=t2',
    ]);
  });

  it('tries a page again', async () => {
    faulty.faults.push(page(['a'], truncated('t1')), reset, brokenOff, page(['b'], ''));
    expect(await open().list()).toHaveLength(2);
  });

  it.each<[string, Fault[]]>([
    ['says that there is more, but not where', [page(['a'], '<IsTruncated>true</IsTruncated>')]],
    ['turns in a circle', [page(['a'], truncated('t')), page(['b'], truncated('t'))]],
    ['refuses a later page', [page(['a'], truncated('t')), refusal(403, 'AccessDenied')]],
    ['leaves out an ETag', [page(['a'], '<Contents><Key>b</Key></Contents>')]],
    ['breaks down', [page(['a'], truncated('t')), ...always(refusal(500, 'InternalError'))]],
  ])('gives nothing rather than half when S3 %s', async (_, faults) => {
    faulty.faults.push(...faults);
    await expect(open().list()).rejects.toThrow(S3Error);
  });
});

function base64OfCrc32(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}
