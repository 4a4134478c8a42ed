import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Audio } from '../../src/proxy/audio';
import { AudioCache } from '../../src/proxy/cache';
import { cacheControlFor, freshnessOf } from '../../src/proxy/cache-control';
import type { AudioProxyOptions } from '../../src/proxy/proxy';
import type { FakeClock } from '../helpers/clock';
import { type Fault, type FaultServer, startFaultServer } from '../helpers/fault-server';
import { captureLog, startTestProxy, type TestProxy, testClock } from '../helpers/proxy/harness';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const KEY = 'prompts/welcome.mp3';
/** Seconds. */
const MINUTE = 60;
const HOUR = 3600;
const [OLD, NEW] = [randomBytes(3000), randomBytes(2000)];

let s3: TestS3;
let faulty: FaultServer;
let clock: FakeClock;
let proxy: TestProxy;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  faulty = await startFaultServer(s3.endpoint);
});

beforeEach(async () => {
  faulty.next();
  start();
  await s3.put(KEY, OLD);
});

afterAll(async () => {
  proxy.close();
  await faulty.close();
  await s3.stop();
});

function start(
  changes: Record<string, string> = {},
  options: Partial<AudioProxyOptions> = {},
): void {
  proxy?.close();
  clock = testClock();
  const config = s3.config({ S3_ENDPOINT: faulty.endpoint, ...changes });
  proxy = startTestProxy(config, { clock, attempts: 2, idleTimeoutMs: 1500, ...options });
}

const DOWN: Fault = { kind: 's3 error', status: 503, code: 'ServiceUnavailable' };

describe('a cached object', () => {
  beforeEach(async () => {
    await proxy.get(KEY);
  });

  it('is served for a minute without a request to S3, with its age', async () => {
    await s3.put(KEY, NEW);
    clock.forward(59);
    const { body, headers, line } = await proxy.get(KEY);
    expect(body.equals(OLD)).toBe(true);
    expect(headers.Age).toBe('59');
    expect(line).toMatchObject({ cache: 'fresh', tries: 0 });
  });

  it('is served for another minute after S3 called it unchanged', async () => {
    clock.forward(61);
    const { body, headers, line } = await proxy.get(KEY);
    expect(body.equals(OLD)).toBe(true);
    expect(headers).not.toHaveProperty('Age');
    expect(line).toMatchObject({ cache: 'revalidated', tries: 1 });
    expect(faulty.requests.at(-1)?.headers['if-none-match']).toBe(headers.ETag);
    clock.forward(59);
    expect((await proxy.get(KEY)).line).toMatchObject({ cache: 'fresh', tries: 0 });
  });

  it('is replaced after a minute when S3 has another one', async () => {
    await s3.put(KEY, NEW);
    clock.forward(61);
    const { body, line } = await proxy.get(KEY);
    expect(body.equals(NEW)).toBe(true);
    expect(line).toMatchObject({ cache: 'replaced', tries: 1 });
    expect((await proxy.get(KEY)).body.equals(NEW)).toBe(true);
  });

  it('is replaced for a client that has the old one, in one request', async () => {
    const { headers } = await proxy.get(KEY);
    await s3.put(KEY, NEW);
    clock.forward(61);
    const served = await proxy.get(KEY, { headers: { 'if-none-match': headers.ETag ?? '' } });
    expect([served.status, served.body.equals(NEW)]).toEqual([200, true]);
  });

  it('answers a range after S3 called it unchanged', async () => {
    clock.forward(61);
    const { status, body, line } = await proxy.get(KEY, { headers: { range: 'bytes=1-2' } });
    expect([status, body]).toEqual([206, OLD.subarray(1, 3)]);
    expect(line.cache).toBe('revalidated');
    expect(faulty.requests.at(-1)?.headers).not.toHaveProperty('range');
  });

  it.each<[string, Fault]>([
    ['is unavailable', DOWN],
    ['hangs up', { kind: 'reset', afterBytes: 0 }],
    ['says nothing', { kind: 'stall', afterBytes: 0 }],
    ['breaks off its response', { kind: 'cut', afterBytes: 100 }],
  ])('is served stale while S3 %s', async (_, fault) => {
    faulty.always(fault);
    clock.forward(3599);
    const { status, body, headers, line } = await proxy.get(KEY);
    expect([status, body.equals(OLD)]).toEqual([200, true]);
    expect(headers.Age).toBe('3599');
    expect(line).toMatchObject({ level: 'warn', cache: 'stale', message: expect.anything() });
  });

  it('is served without a request to S3 for some seconds after S3 failed', async () => {
    faulty.always(DOWN);
    clock.forward(61);
    await proxy.get(KEY);
    expect((await proxy.get(KEY)).line.tries).toBe(0);
    clock.forward(6);
    faulty.next();
    expect((await proxy.get(KEY)).line.cache).toBe('revalidated');
  });

  it('is not served after S3 has failed for an hour, not even for seconds', async () => {
    faulty.always(DOWN);
    clock.forward(MINUTE + HOUR - 2);
    expect(await proxy.get(KEY)).toMatchObject({ status: 200, line: { cache: 'stale' } });
    clock.forward(2);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it('is served stale when the headers of S3 time out', async () => {
    start({}, { idleTimeoutMs: 5000, revalidationTimeoutMs: 200 });
    await proxy.get(KEY);
    faulty.always({ kind: 'latency', ms: 1500 });
    clock.forward(61);
    expect(await proxy.get(KEY)).toMatchObject({ status: 200, line: { cache: 'stale' } });
  });

  it('is served stale when the request times out', async () => {
    start({}, { idleTimeoutMs: 5000, revalidationTimeoutMs: 60_000, timeoutMs: 1500 });
    await proxy.get(KEY);
    faulty.always({ kind: 'latency', ms: 4500 });
    clock.forward(61);
    setTimeout(() => clock.forward(2), 100);
    expect(await proxy.get(KEY)).toMatchObject({
      status: 200,
      line: { cache: 'stale', tries: 1 },
    });
  });

  it('is served stale when no time is left for a request to S3', async () => {
    start({}, { revalidationTimeoutMs: 0 });
    await proxy.get(KEY);
    clock.forward(61);
    expect(await proxy.get(KEY)).toMatchObject({
      status: 200,
      line: { cache: 'stale', tries: 0 },
    });
  });

  it('is replaced even if the new body takes longer than the time-out of the headers', async () => {
    start({}, { idleTimeoutMs: 5000, revalidationTimeoutMs: 500 });
    await proxy.get(KEY);
    await s3.put(KEY, NEW);
    faulty.next({ kind: 'late body', headersMs: 0, bodyMs: 1000 });
    clock.forward(61);
    const { body, line } = await proxy.get(KEY);
    expect(body.equals(NEW)).toBe(true);
    expect(line).toMatchObject({ cache: 'replaced', tries: 1 });
  });

  it('is dropped when S3 has one with no-store, and not served in its place', async () => {
    await s3.put(KEY, NEW, { CacheControl: 'no-store' });
    clock.forward(61);
    expect((await proxy.get(KEY)).line.cache).toBe('replaced');
    faulty.always(DOWN);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it('takes over the Cache-Control of the response that calls it unchanged', async () => {
    faulty.next({ kind: 'changed', headers: { 'cache-control': 'max-age=7' } });
    clock.forward(61);
    const { headers, line } = await proxy.get(KEY);
    expect([line.cache, headers['Cache-Control']]).toEqual(['revalidated', 'max-age=7']);
    clock.forward(8);
    expect((await proxy.get(KEY)).line).toMatchObject({ tries: 1, cache: 'revalidated' });
  });

  it('is asked for by its ETag without the mark of a weak one', async () => {
    const key = 'asked.mp3';
    const etag = (await s3.put(key, OLD)) ?? '';
    faulty.next({ kind: 'changed', headers: { etag: `W/${etag}` } });
    await proxy.get(key);
    clock.forward(61);
    expect((await proxy.get(key)).line.cache).toBe('revalidated');
    expect(faulty.requests.at(-1)?.headers['if-none-match']).toBe(etag);
  });

  it('does not keep a longer Cache-Control of the response that calls it unchanged', async () => {
    faulty.next({ kind: 'changed', headers: { 'cache-control': 'max-age=31536000' } });
    clock.forward(61);
    const { headers, line } = await proxy.get(KEY);
    expect([line.cache, headers['Cache-Control']]).toEqual(['revalidated', 'max-age=60']);
  });

  it('with a weak ETag compares as with a strong one', async () => {
    const key = 'weak.mp3';
    const etag = (await s3.put(key, OLD)) ?? '';
    faulty.next({ kind: 'changed', headers: { etag: `W/${etag}` } });
    expect((await proxy.get(key)).headers.ETag).toBe(`W/${etag}`);
    const { status, line } = await proxy.get(key, { headers: { 'if-none-match': etag } });
    expect([status, line.cache]).toEqual([304, 'fresh']);
  });

  it('is dropped when S3 answers 404', async () => {
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: KEY }));
    clock.forward(61);
    expect((await proxy.get(KEY)).status).toBe(404);
    faulty.always(DOWN);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it('is dropped when S3 denies access, which may be intended', async () => {
    faulty.next({ kind: 's3 error', status: 403, code: 'AccessDenied' }, DOWN, DOWN);
    clock.forward(61);
    expect((await proxy.get(KEY)).status).toBe(502);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it('is not served for the same key of another bucket', async () => {
    const config = s3.config({ S3_ENDPOINT: faulty.endpoint, S3_BUCKET: 'no-such-bucket' });
    expect(await proxy.get(KEY, { config })).toMatchObject({ status: 502, line: { tries: 1 } });
  });

  it('is not served for the same key of another server', async () => {
    const { line } = await proxy.get(KEY, { config: s3.config() });
    expect(line).toMatchObject({ status: 200, tries: 1 });
    expect(line).not.toHaveProperty('cache');
  });
});

describe('the cache', () => {
  it('is bounded, and evicts the least recently used object', async () => {
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

  it('counts an object that is replaced or dropped no longer', () => {
    const cache = new AudioCache({ maxBytes: 1_000_000, freshSeconds: 60 });
    const now = new Date();
    const audio = (bytes: number, cacheControl?: string): Audio => ({
      body: Buffer.alloc(bytes),
      headers: { 'Content-Type': 'audio/mpeg', 'Cache-Control': 'max-age=60' },
      cacheControl,
    });
    cache.store('kept', audio(400_000), now);
    for (let time = 0; time < 5; time++) cache.store('other', audio(400_000), now);
    cache.store('other', audio(400_000, 'no-store'), now);
    cache.drop('other');
    cache.store('third', audio(400_000), now);
    expect(cache.find('kept', now)).toBeDefined();
    expect(cache.find('other', now)).toBeUndefined();
    expect(cache.find('third', now)).toBeDefined();
  });

  it('does not keep the old object when the new one is larger than the whole cache', () => {
    const cache = new AudioCache({ maxBytes: 10_000, freshSeconds: 60 });
    const now = new Date();
    const headers = { 'Content-Type': 'audio/mpeg', 'Cache-Control': 'max-age=60' };
    cache.store('id', { body: Buffer.alloc(5000), headers, cacheControl: undefined }, now);
    expect(cache.find('id', now)).toBeDefined();
    cache.store('id', { body: Buffer.alloc(20_000), headers, cacheControl: undefined }, now);
    expect(cache.find('id', now)).toBeUndefined();
  });

  it('holds nothing when its size is set to 0', async () => {
    start({ AUDIO_CACHE_MB: '0' });
    await proxy.get(KEY);
    expect((await proxy.get(KEY)).line.tries).toBe(1);
  });

  it('revalidates every time when freshness is set to 0 seconds', async () => {
    start({ AUDIO_CACHE_SECONDS: '0' });
    await proxy.get(KEY);
    expect((await proxy.get(KEY)).line).toMatchObject({ tries: 1, cache: 'revalidated' });
  });

  it('keeps objects fresh for as long as is configured', async () => {
    start({ AUDIO_CACHE_SECONDS: '600' });
    await proxy.get(KEY);
    clock.forward(599);
    expect((await proxy.get(KEY)).line.tries).toBe(0);
  });

  it('serves stale objects for an hour while S3 fails', async () => {
    start({ AUDIO_CACHE_SECONDS: '7200' });
    await proxy.get(KEY);
    faulty.always(DOWN);
    clock.forward(2 * HOUR + HOUR - 2);
    expect(await proxy.get(KEY)).toMatchObject({ status: 200, line: { cache: 'stale' } });
    clock.forward(2);
    expect((await proxy.get(KEY)).status).toBe(503);
  });

  it.each([
    ['no-store', { tries: 1 }, 'no-store'],
    ['no-cache', { tries: 1, cache: 'revalidated' }, 'no-cache, max-age=60'],
    ['public, max-age=10', { tries: 1, cache: 'revalidated' }, 'max-age=10'],
    ['public, max-age=100', { tries: 0, cache: 'fresh' }, 'max-age=60'],
    ['public, max-age=31536000, immutable', { tries: 0, cache: 'fresh' }, 'max-age=60'],
  ])('obeys the object’s Cache-Control %s, 20 seconds later', async (CacheControl, line, sent) => {
    const key = `${CacheControl}.mp3`;
    await s3.put(key, OLD, { CacheControl });
    await proxy.get(key);
    clock.forward(20);
    const served = await proxy.get(key);
    expect(served.line).toMatchObject(line);
    expect(served.headers['Cache-Control']).toBe(sent);
  });

  it.each(['from S3', 'from memory'])(
    'passes on no longer time with a part or a 304 %s than with the whole object',
    async (from) => {
      const key = 'immutable.mp3';
      const etag = await s3.put(key, OLD, { CacheControl: 'public, max-age=31536000, immutable' });
      if (from === 'from memory') await proxy.get(key);
      const part = await proxy.get(key, { headers: { range: 'bytes=0-9' } });
      const unchanged = await proxy.get(key, { headers: { 'if-none-match': etag ?? '' } });
      expect([part.status, unchanged.status]).toEqual([206, 304]);
      for (const { headers } of [part, unchanged])
        expect(headers['Cache-Control']).toBe('max-age=60');
    },
  );

  it('does not serve an object with must-revalidate stale', async () => {
    await s3.put('strict.mp3', OLD, { CacheControl: 'must-revalidate' });
    await proxy.get('strict.mp3');
    faulty.always(DOWN);
    clock.forward(61);
    expect((await proxy.get('strict.mp3')).status).toBe(503);
  });

  it('does not hold a part of an object', async () => {
    await proxy.get(KEY, { headers: { range: 'bytes=0-9' } });
    const { body, line } = await proxy.get(KEY);
    expect([body.length, line.tries]).toEqual([OLD.length, 1]);
  });
});

describe('an object, with 60 seconds configured,', () => {
  it.each([
    [undefined, { freshMs: 60_000, staleIfErrorMs: HOUR * 1000 }],
    ['', { freshMs: 60_000, staleIfErrorMs: HOUR * 1000 }],
    ['public, max-age=31536000, immutable', { freshMs: 60_000, staleIfErrorMs: HOUR * 1000 }],
    ['max-age=10', { freshMs: 10_000, staleIfErrorMs: HOUR * 1000 }],
    ['MAX-AGE="10"', { freshMs: 10_000, staleIfErrorMs: HOUR * 1000 }],
    ['max-age=50,s-maxage=20', { freshMs: 20_000, staleIfErrorMs: HOUR * 1000 }],
    ['max-age=0', { freshMs: 0, staleIfErrorMs: HOUR * 1000 }],
    ['max-age=soon', { freshMs: 60_000, staleIfErrorMs: HOUR * 1000 }],
    ['no-cache', { freshMs: 0, staleIfErrorMs: HOUR * 1000 }],
    ['no-cache="set-cookie"', { freshMs: 0, staleIfErrorMs: HOUR * 1000 }],
    ['private , must-revalidate', { freshMs: 60_000, staleIfErrorMs: 0 }],
    ['public , No-Store', undefined],
  ])('with Cache-Control %j is kept for %j', (cacheControl, freshness) => {
    expect(freshnessOf(cacheControl, 60)).toEqual(freshness);
  });
});

describe('Twilio is told to keep an object', () => {
  it.each([
    [undefined, 'max-age=60'],
    ['', 'max-age=60'],
    ['public, max-age=31536000, immutable', 'max-age=60'],
    ['stale-while-revalidate=86400, stale-if-error=86400', 'max-age=60'],
    ['max-age=60, s-maxage=31536000', 'max-age=60'],
    ['max-age=31536000, s-maxage=7', 'max-age=7'],
    ['Max-Age="5"', 'max-age=5'],
    ['max-age=0, Must-Revalidate', 'must-revalidate, max-age=0'],
    ['private', 'private, max-age=60'],
    ['no-cache="set-cookie", max-age=600', 'no-cache, max-age=60'],
    ['public, No-Store, max-age=600', 'no-store'],
    ['max-age=soon, odd="\u00e9', 'max-age=60'],
  ])('with Cache-Control %j by %j', (objects, sent) => {
    expect(cacheControlFor(objects)).toBe(sent);
  });
});
