import { randomBytes } from 'node:crypto';
import { validateHeaderValue } from 'node:http';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FakeClock } from '../helpers/clock';
import { type Fault, type FaultServer, startFaultServer } from '../helpers/fault-server';
import { FULL } from '../helpers/full';
import { captureLog, startTestProxy, type TestProxy, testClock } from '../helpers/proxy/harness';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(3000);
const ATTEMPTS = 3;

const HALF: Fault = { kind: 'changed', body: (body) => body.subarray(0, body.length / 2) };
const OTHER_BYTES: Fault = {
  kind: 'changed',
  body: (body) => body.map((byte) => byte ^ 1) as Buffer,
};
const NOTHING: Fault = { kind: 'changed', body: () => Buffer.alloc(0) };
const page = (status: number, headers: Record<string, string> = {}): Fault => ({
  kind: 'reply',
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: '<!doctype html><title>Sign in</title>',
});

let s3: TestS3;
let faulty: FaultServer;
let clock: FakeClock;
let proxy: TestProxy;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  faulty = await startFaultServer(s3.endpoint);
  await s3.put(KEY, BODY, { ContentType: 'audio/mpeg' });
});

beforeEach(() => {
  faulty.next();
  faulty.requests.length = 0;
  proxy?.close();
  clock = testClock();
  const config = s3.config({ S3_ENDPOINT: faulty.endpoint });
  proxy = startTestProxy(config, { clock, attempts: ATTEMPTS });
});

afterAll(async () => {
  proxy.close();
  await faulty.close();
  await s3.stop();
});

/** What cannot come from S3, or not from this object. */
const FOREIGN: [string, Fault][] = [
  ['half of the bytes, with the length of the half', HALF],
  ['other bytes', OTHER_BYTES],
  ['no bytes', NOTHING],
  ['a page', page(200)],
  ['a page with an ETag', page(200, { etag: '"65f1a2b3-264"' })],
  ['a redirect to a page', page(302, { location: 'http://127.0.0.1/sign-in' })],
  ['a 404 that is not S3’s', page(404)],
  ['a 403 that is not S3’s', page(403)],
  ['an empty answer', { kind: 'reply', status: 200, headers: {}, body: '' }],
  ['204', { kind: 'reply', status: 204, headers: {}, body: '' }],
  ['a 304 that nobody asked for', { kind: 'reply', status: 304, headers: {}, body: '' }],
  [
    'a part that nobody asked for',
    {
      kind: 'reply',
      status: 206,
      headers: { etag: '"a"', 'content-type': 'audio/mpeg', 'content-range': 'bytes 0-4/3000' },
      body: 'bytes',
    },
  ],
];

describe('when S3’s address once answers', () => {
  it.each(FOREIGN)('%s, the object is served after another attempt', async (_, fault) => {
    faulty.next(fault);
    const { status, body, line } = await proxy.get(KEY);
    expect([status, body.equals(BODY), line.tries]).toEqual([200, true, 2]);
  });
});

describe('when S3’s address always answers', () => {
  it.each(FOREIGN)('%s, the proxy answers 502 and says why', async (_, fault) => {
    faulty.always(fault);
    const { status, body, line } = await proxy.get(KEY);
    expect([status, body.toString()]).toEqual([502, 'The audio could not be fetched.']);
    expect(line).toMatchObject({
      level: 'error',
      tries: ATTEMPTS,
      message: expect.stringMatching(/what stands between here and S3/),
    });
    expect(line.message).not.toMatch(/doctype|Sign in/);
  });

  it.each(FOREIGN)('%s, nothing of it is kept', async (_, fault) => {
    faulty.always(fault);
    await proxy.get(KEY);
    faulty.next();
    const { status, body } = await proxy.get(KEY);
    expect([status, body.equals(BODY)]).toEqual([200, true]);
  });

  it.each(FOREIGN.filter(([what]) => !what.includes('304')))(
    '%s, the object that was verified before is served',
    async (_, fault) => {
      await proxy.get(KEY);
      faulty.always(fault);
      clock.forward(61);
      const { status, body, line } = await proxy.get(KEY);
      // A body that is changed on its way never comes: S3 calls the object unchanged.
      expect([status, body.equals(BODY)]).toEqual([200, true]);
      expect(['stale', 'revalidated']).toContain(line.cache);
    },
  );

  it('half of a new object, the one that was verified before is served', async () => {
    const key = 'prompts/replaced.mp3';
    await s3.put(key, BODY);
    await proxy.get(key);
    await s3.put(key, randomBytes(500));
    faulty.always(HALF);
    clock.forward(61);
    const { status, body, line } = await proxy.get(key);
    expect([status, body.equals(BODY), line.cache]).toEqual([200, true, 'stale']);
  });

  it('the part that a client asks for, it is served', async () => {
    const { status, body } = await proxy.get(KEY, { headers: { range: 'bytes=1-9' } });
    expect([status, body]).toEqual([206, BODY.subarray(1, 10)]);
  });

  it('half of the part that a client asks for, the proxy answers 502', async () => {
    faulty.always(HALF);
    expect((await proxy.get(KEY, { headers: { range: 'bytes=1-8' } })).status).toBe(502);
  });

  it('the whole object to a client that asks for a part, the part is served', async () => {
    const headers = { etag: '"a"', 'content-type': 'audio/mpeg' };
    faulty.always({ kind: 'reply', status: 200, headers, body: 'audio' });
    const { status, body } = await proxy.get(KEY, { headers: { range: 'bytes=1-3' } });
    expect([status, body.toString()]).toEqual([206, 'udi']);
  });
});

describe('an object without an MD5', () => {
  const OF_PARTS = '"0123456789abcdef0123456789abcdef-2"';
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(BODY));
  const ofParts = (crc?: string): Fault => ({
    kind: 'changed',
    headers: { etag: OF_PARTS, 'x-amz-checksum-crc32': crc },
  });

  it('is kept when its checksum matches', async () => {
    faulty.always(ofParts(checksum.toString('base64')));
    await proxy.get(KEY);
    expect(faulty.requests[0]?.headers).toMatchObject({ 'x-amz-checksum-mode': 'ENABLED' });
    expect((await proxy.get(KEY)).line).toMatchObject({ cache: 'fresh', tries: 0 });
  });

  it('and without a checksum is served, and not kept', async () => {
    faulty.always(ofParts());
    for (let request = 0; request < 2; request++) {
      const { status, body, line } = await proxy.get(KEY);
      expect([status, body.equals(BODY)]).toEqual([200, true]);
      expect(line).toMatchObject({ tries: 1, verified: false });
    }
  });

  it('and without a checksum takes the place of an older one that was kept', async () => {
    const key = 'prompts/new upload.mp3';
    await s3.put(key, BODY);
    await proxy.get(key);
    const other = randomBytes(2000);
    await s3.put(key, other);
    faulty.always(ofParts());
    clock.forward(61);
    expect((await proxy.get(key)).body.equals(other)).toBe(true);
    faulty.always({ kind: 's3 error', status: 503, code: 'SlowDown' });
    expect((await proxy.get(key)).status).toBe(503);
  });
});

describe('an empty object', () => {
  it('is answered 415, and the log says that it has no bytes', async () => {
    const key = 'prompts/empty.mp3';
    await s3.put(key, Buffer.alloc(0));
    const { status, line } = await proxy.get(key);
    expect(status).toBe(415);
    expect(line).toMatchObject({
      level: 'error',
      key,
      tries: 1,
      message: 'The object in S3 has no bytes: upload the audio again.',
    });
  });
});

describe('a server that refuses to be asked for checksums', () => {
  it.each([
    [400, 'InvalidArgument'],
    [400, 'InvalidRequest'],
    [501, 'NotImplemented'],
  ])('with %i %s is asked once more without, and then never again', async (status, code) => {
    const strict = await startFaultServer(s3.endpoint, {
      choose: ({ headers }) =>
        'x-amz-checksum-mode' in headers ? { kind: 's3 error', status, code } : undefined,
    });
    const config = s3.config({ S3_ENDPOINT: strict.endpoint, AUDIO_CACHE_MB: '0' });
    const other = startTestProxy(config, { attempts: 1 });
    for (const tries of [2, 1]) {
      const served = await other.get(KEY);
      expect([served.status, served.body.equals(BODY), served.line.tries]).toEqual([
        200,
        true,
        tries,
      ]);
    }
    other.close();
    await strict.close();
  });

  it('is told from one that refuses the request itself', async () => {
    faulty.always({ kind: 's3 error', status: 400, code: 'InvalidArgument' });
    expect(await proxy.get(KEY)).toMatchObject({ status: 502, line: { tries: 2 } });
    expect((await proxy.get(KEY)).line.tries).toBe(2);
  });
});

describe('whatever headers S3 sends', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30, unit: fc.constantFrom(...'W/"*=,;- \u00e9aZ09:+') }),
    fc.constantFrom('*', 'aws-chunked', 'max-age=9999999999999999999', 'bytes */0', 'AAAAAA==-2'),
  );
  const names = [
    'etag',
    'last-modified',
    'cache-control',
    'content-encoding',
    'content-type',
    'content-range',
    'x-amz-checksum-crc32',
    'x-amz-checksum-type',
    'x-amz-server-side-encryption',
    'x-amz-request-id',
  ];
  const given = fc.dictionary(fc.constantFrom(...names), fc.option(text, { nil: undefined }));
  const sent = fc.constantFrom<Record<string, string>>({}, { range: 'bytes=0-9' });

  it('the object is served with headers that HTTP allows, or refused', async () => {
    const others = startTestProxy(
      s3.config({ S3_ENDPOINT: faulty.endpoint, AUDIO_CACHE_MB: '0' }),
      {
        clock,
        attempts: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(given, sent, async (headers, requestHeaders) => {
        faulty.always({ kind: 'changed', headers });
        const {
          status,
          headers: served,
          body,
        } = await others.get(KEY, { headers: requestHeaders });
        expect([200, 206, 415, 502]).toContain(status);
        for (const [name, value] of Object.entries(served)) validateHeaderValue(name, value);
        if (status > 206) return;
        expect(body).toEqual(status === 200 ? BODY : BODY.subarray(0, 10));
        const { ETag: etag = '""', 'Last-Modified': date, 'Cache-Control': cacheControl } = served;
        expect(etag).toMatch(/^(?:W\/)?"[!#-~]*"$/);
        expect(date).toEqual(date === undefined ? undefined : new Date(date).toUTCString());
        expect(Number(/max-age=(\d+)$/.exec(cacheControl ?? '')?.[1] ?? 0)).toBeLessThanOrEqual(60);
        expect(served['Content-Encoding']).toBeUndefined();
      }),
      { numRuns: FULL ? 500 : 50 },
    );
    others.close();
  });
});
