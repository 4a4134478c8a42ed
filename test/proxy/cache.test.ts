import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Fault, type FaultyS3, startFaultyS3 } from '../s3/faulty-s3';
import { startTestS3, type TestS3 } from '../s3/server';
import { captureLog, startTestProxy, type TestProxy, testClock } from './harness';

const KEY = 'prompts/welcome.mp3';
const [OLD, NEW] = [randomBytes(3000), randomBytes(2000)];

let s3: TestS3;
let faulty: FaultyS3;
let clock: ReturnType<typeof testClock>;
let proxy: TestProxy;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  faulty = await startFaultyS3(s3.endpoint);
});

beforeEach(async () => {
  proxy?.close();
  faulty.next();
  start();
  await s3.put(KEY, OLD);
});

afterAll(async () => {
  proxy.close();
  await faulty.close();
  await s3.stop();
});

function start(changes: Record<string, string> = {}): void {
  clock = testClock();
  const config = s3.config({ S3_ENDPOINT: faulty.endpoint, ...changes });
  proxy = startTestProxy(config, { clock, attempts: 2, patience: 400 });
}

const DOWN: Fault = { kind: 'refusal', status: 503, code: 'ServiceUnavailable' };

describe('an object in memory', () => {
  beforeEach(async () => {
    await proxy.get(KEY);
  });

  it('is served for a minute without asking S3, and tells its age', async () => {
    await s3.put(KEY, NEW);
    clock.forward(59);
    const { body, headers, line } = await proxy.get(KEY);
    expect(body.equals(OLD)).toBe(true);
    expect(headers.Age).toBe('59');
    expect(line).toMatchObject({ cache: 'fresh', tries: 0 });
  });

  it('is served after a minute once S3 has confirmed it, and then for another one', async () => {
    clock.forward(61);
    const { body, headers, line } = await proxy.get(KEY);
    expect(body.equals(OLD)).toBe(true);
    expect(headers).not.toHaveProperty('Age');
    expect(line).toMatchObject({ cache: 'confirmed', tries: 1 });
    expect(faulty.requests.at(-1)?.headers['if-none-match']).toBe(headers.ETag);
    clock.forward(59);
    expect((await proxy.get(KEY)).line).toMatchObject({ cache: 'fresh', tries: 0 });
  });

  it('is replaced after a minute where S3 has another one', async () => {
    await s3.put(KEY, NEW);
    clock.forward(61);
    const { body, line } = await proxy.get(KEY);
    expect(body.equals(NEW)).toBe(true);
    expect(line).toMatchObject({ cache: 'replaced', tries: 1 });
    expect((await proxy.get(KEY)).body.equals(NEW)).toBe(true);
  });

  it('answers the client that has the old one with the new one, in one request', async () => {
    const { headers } = await proxy.get(KEY);
    await s3.put(KEY, NEW);
    clock.forward(61);
    const served = await proxy.get(KEY, { headers: { 'if-none-match': headers.ETag ?? '' } });
    expect([served.status, served.body.equals(NEW)]).toEqual([200, true]);
  });

  it('answers a range after a minute from what S3 has confirmed', async () => {
    clock.forward(61);
    const { status, body, line } = await proxy.get(KEY, { headers: { range: 'bytes=1-2' } });
    expect([status, body]).toEqual([206, OLD.subarray(1, 3)]);
    expect(line.cache).toBe('confirmed');
    expect(faulty.requests.at(-1)?.headers).not.toHaveProperty('range');
  });

  it.each<[string, Fault]>([
    ['refuses for now', DOWN],
    ['hangs up', { kind: 'reset', after: 0 }],
    ['says nothing', { kind: 'stall', after: 0 }],
    ['breaks off', { kind: 'cut', after: 100 }],
  ])('is served as it is while S3 %s', async (_, fault) => {
    faulty.always(fault);
    clock.forward(3599);
    const { status, body, headers, line } = await proxy.get(KEY);
    expect([status, body.equals(OLD)]).toEqual([200, true]);
    expect(headers.Age).toBe('3599');
    expect(line).toMatchObject({ level: 'warn', cache: 'stale', message: expect.anything() });
  });

  it('is served without asking S3 in the seconds after S3 failed, so that nobody waits', async () => {
    faulty.always(DOWN);
    clock.forward(61);
    await proxy.get(KEY);
    expect((await proxy.get(KEY)).line.tries).toBe(0);
    clock.forward(6);
    faulty.next();
    expect((await proxy.get(KEY)).line.cache).toBe('confirmed');
  });

  it('is not served after an hour in which S3 failed', async () => {
    faulty.always(DOWN);
    clock.forward(3601);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it('is forgotten once S3 says that it is gone', async () => {
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: KEY }));
    clock.forward(61);
    expect((await proxy.get(KEY)).status).toBe(404);
    faulty.always(DOWN);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it('is forgotten once S3 denies it: somebody may have meant that', async () => {
    faulty.next({ kind: 'refusal', status: 403, code: 'AccessDenied' }, DOWN, DOWN);
    clock.forward(61);
    expect((await proxy.get(KEY)).status).toBe(502);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it("is no other bucket's object of the same key", async () => {
    const other = await startTestS3();
    await other.put(KEY, NEW);
    const both = startTestProxy(
      s3.config({ S3_ENDPOINT: other.endpoint, S3_BUCKET: other.bucket }),
    );
    expect((await both.get(KEY)).body.equals(NEW)).toBe(true);
    both.close();
    await other.stop();
  });
});

describe('what memory holds', () => {
  it('is bounded: the object that was asked for least lately makes room', async () => {
    start({ AUDIO_CACHE_MB: '1' });
    const keys = ['a.mp3', 'b.mp3', 'c.mp3'];
    for (const key of keys) await s3.put(key, Buffer.alloc(400_000));
    await proxy.get('a.mp3');
    await proxy.get('b.mp3');
    await proxy.get('a.mp3');
    await proxy.get('c.mp3');
    const asked = async (key: string) => (await proxy.get(key)).line.tries;
    expect([await asked('a.mp3'), await asked('c.mp3'), await asked('b.mp3')]).toEqual([0, 0, 1]);
  });

  it('is nothing where it may have no bytes', async () => {
    start({ AUDIO_CACHE_MB: '0' });
    await proxy.get(KEY);
    expect((await proxy.get(KEY)).line.tries).toBe(1);
  });

  it('is confirmed every time where it may have no seconds', async () => {
    start({ AUDIO_CACHE_SECONDS: '0' });
    await proxy.get(KEY);
    expect((await proxy.get(KEY)).line).toMatchObject({ tries: 1, cache: 'confirmed' });
  });

  it('is fresh for as long as is configured', async () => {
    start({ AUDIO_CACHE_SECONDS: '600' });
    await proxy.get(KEY);
    clock.forward(599);
    expect((await proxy.get(KEY)).line.tries).toBe(0);
  });

  it.each([
    ['no-store', { tries: 1 }],
    ['no-cache', { tries: 1, cache: 'confirmed' }],
    ['public, max-age=10', { tries: 1, cache: 'confirmed' }],
    ['public, max-age=100', { tries: 0, cache: 'fresh' }],
  ])('is what %s allows, 20 seconds later', async (CacheControl, line) => {
    const key = `${CacheControl}.mp3`;
    await s3.put(key, OLD, { CacheControl });
    await proxy.get(key);
    clock.forward(20);
    const served = await proxy.get(key);
    expect(served.line).toMatchObject(line);
    expect(served.headers['Cache-Control']).toBe(CacheControl);
  });

  it('is not served unconfirmed where must-revalidate forbids that', async () => {
    await s3.put('strict.mp3', OLD, { CacheControl: 'must-revalidate' });
    await proxy.get('strict.mp3');
    faulty.always(DOWN);
    clock.forward(61);
    expect((await proxy.get('strict.mp3')).status).toBe(503);
  });

  it('is no part of an object', async () => {
    await proxy.get(KEY, { headers: { range: 'bytes=0-9' } });
    const { body, line } = await proxy.get(KEY);
    expect([body.length, line.tries]).toEqual([OLD.length, 1]);
  });
});
