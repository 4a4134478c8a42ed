import { randomBytes } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROXY_BYTES } from '../../src/limits';
import { createConnections } from '../../src/s3/request';
import { type FaultServer, startFaultServer } from '../helpers/fault-server';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(3000);

let s3: TestS3;
let counted: FaultServer;
let proxy: TestProxy;
let etag = '';

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  counted = await startFaultServer(s3.endpoint);
  etag = (await s3.put(KEY, BODY, { ContentType: 'audio/mpeg' })) ?? '';
  proxy = startTestProxy(s3.config({ S3_ENDPOINT: counted.endpoint, S3_PREFIX: 'prompts/' }));
});

afterAll(async () => {
  proxy.close();
  await counted.close();
  await s3.stop();
});

/** Without a cache. */
async function withoutCache<T>(use: (fresh: TestProxy) => Promise<T>): Promise<T> {
  const fresh = startTestProxy(s3.config({ AUDIO_CACHE_MB: '0' }));
  try {
    return await use(fresh);
  } finally {
    fresh.close();
  }
}

describe('an object', () => {
  it('is served whole, with its cache headers and without those of AWS', async () => {
    const { status, headers, body } = await proxy.get(KEY);
    expect(status).toBe(200);
    expect(body.equals(BODY)).toBe(true);
    expect(headers).toEqual({
      'Content-Type': 'audio/mpeg',
      'Cache-Control': 'max-age=60',
      ETag: etag,
      'Last-Modified': expect.stringMatching(/ GMT$/),
      'Accept-Ranges': 'bytes',
    });
  });

  it('keeps the Cache-Control that it is stored with', async () => {
    const key = 'prompts/controlled.mp3';
    await s3.put(key, BODY, { CacheControl: 'max-age=7' });
    expect((await proxy.get(key)).headers['Cache-Control']).toBe('max-age=7');
  });

  it.each([
    ['gzip', 'gzip'],
    ['GZip, br', 'gzip, br'],
    ['aws-chunked', undefined],
    ['aws-chunked,gzip', 'gzip'],
    ['gzip , AWS-Chunked', 'gzip'],
    ['', undefined],
    [',', undefined],
    ['utf-8', undefined],
  ])('stored with Content-Encoding %j is served with %j', async (stored, sent) => {
    counted.next({ kind: 'changed', headers: { 'content-encoding': stored } });
    const key = `prompts/encoded ${stored.length}.mp3`;
    await s3.put(key, BODY);
    const { headers, body } = await proxy.get(key);
    expect([headers['Content-Encoding'], body]).toEqual([sent, BODY]);
  });

  it.each([
    ['no quotes', { etag: 'MD5' }, { ETag: '"MD5"' }],
    ['a weak mark', { etag: 'W/"MD5"' }, { ETag: 'W/"MD5"' }],
    ['a letter that no ETag has', { etag: '"MD5\u00e9"' }, {}],
    ['a blank', { etag: '"M D5"' }, {}],
  ])(
    'whose ETag has %s is served with an ETag that HTTP allows, or none',
    async (_, given, sent) => {
      const md5 = etag.replaceAll('"', '');
      const real = (text = '') => text.replace('MD5', md5);
      await withoutCache(async (fresh) => {
        counted.next({ kind: 'changed', headers: { etag: real(given.etag) } });
        const config = s3.config({ S3_ENDPOINT: counted.endpoint });
        const { status, headers, body } = await fresh.get(KEY, { config });
        expect([status, body.equals(BODY)]).toEqual([200, true]);
        expect(headers.ETag).toBe('ETag' in sent ? real(sent.ETag) : undefined);
      });
    },
  );

  it.each([
    '2026-11-26T10:00:00.000Z',
    'Thursday, 26-Nov-26 10:00:00 GMT',
    'Thu Nov 26 10:00:00 2026',
    '1795687200',
    'yesterday',
    '',
  ])('whose Last-Modified is %j is served without one', async (lastModified) => {
    await withoutCache(async (fresh) => {
      counted.next({ kind: 'changed', headers: { 'last-modified': lastModified } });
      const config = s3.config({ S3_ENDPOINT: counted.endpoint });
      const { status, headers, body } = await fresh.get(KEY, { config });
      expect([status, body.equals(BODY)]).toEqual([200, true]);
      expect(headers).not.toHaveProperty('Last-Modified');
    });
  });

  it('that does not exist is answered 404', async () => {
    expect(await proxy.get('prompts/missing.mp3')).toMatchObject({
      status: 404,
      line: { tries: 1 },
    });
  });

  it('is answered 502 when the secret access key is wrong', async () => {
    const other = startTestProxy(s3.config({ S3_SECRET_ACCESS_KEY: 'another' }));
    const { status, line } = await other.get(KEY);
    expect(status).toBe(502);
    expect(line.message).toContain('S3_SECRET_ACCESS_KEY');
    other.close();
  });

  it('is answered 502 when there is no such bucket', async () => {
    const other = startTestProxy(s3.config({ S3_BUCKET: 'no-such-bucket' }));
    const { status, line } = await other.get(KEY);
    expect(status).toBe(502);
    expect(line.message).toContain('S3_BUCKET');
    other.close();
  });
});

describe('the log', () => {
  it('has one line for a request', async () => {
    const { line } = await withoutCache((fresh) => fresh.get(KEY));
    expect(line).toEqual({
      level: 'info',
      event: 'audio-served',
      function: 'audio',
      key: KEY,
      tries: 1,
      requestId: expect.stringMatching(/./),
      status: 200,
      bytes: BODY.length,
      milliseconds: expect.any(Number),
    });
  });

  it.each([
    ['of an object that is served', KEY, 'audio-served'],
    ['of one that is not', 'prompts/none.mp3', 'audio-failed'],
  ])('names the call that Twilio appended to the URL %s', async (_, key, event) => {
    const CallSid = `CA${'0'.repeat(32)}`;
    const parameters = { CallSid, From: '+819012345678' };
    const { line } = await withoutCache((fresh) => fresh.get(key, { parameters }));
    expect(line).toMatchObject({ event, callSid: CallSid });
    expect(JSON.stringify(line)).not.toContain('+81');
  });

  it.each(['CA1', `CA${'0'.repeat(31)}G`, [`CA${'0'.repeat(32)}`], {}])(
    'has nothing else that comes in its place: %j',
    async (CallSid) => {
      const { line } = await withoutCache((fresh) => fresh.get(KEY, { parameters: { CallSid } }));
      expect(line).not.toHaveProperty('callSid');
    },
  );
});

describe('the Content-Type', () => {
  it.each([
    ['a.mp3', 'audio/mpeg', 'audio/mpeg'],
    ['a.bin', 'audio/x-wav', 'audio/x-wav'],
    ['a.wav', 'AUDIO/WAV; codec=1', 'audio/wav'],
    ['a.mp3', 'binary/octet-stream', 'audio/mpeg'],
    ['a.MP3', 'audio/mp3', 'audio/mpeg'],
    ['no ending', 'audio/mp3', 'audio/mpeg'],
  ])('of %s stored as %s is %s', async (name, ContentType, type) => {
    const key = `prompts/${ContentType.replace(/\W/g, '-')}/${name}`;
    await s3.put(key, BODY, { ContentType });
    expect((await proxy.get(key)).headers['Content-Type']).toBe(type);
  });

  it.each([
    ['a.txt', 'text/plain'],
    ['a.mp3', 'text/html; charset=utf-8'],
    ['mp3', 'video/mp4'],
    ['a.mp3/x', 'binary/octet-stream'],
  ])('of %s stored as %s cannot be played, and is answered 415', async (name, ContentType) => {
    const key = `prompts/unplayable/${name}`;
    await s3.put(key, BODY, { ContentType });
    const { status, line } = await proxy.get(key);
    expect(status).toBe(415);
    expect(line).toMatchObject({
      level: 'error',
      key,
      message: expect.stringContaining(ContentType),
    });
  });
});

describe('an object that is too large for a Function', () => {
  const key = 'prompts/long.mp3';
  const size = PROXY_BYTES + 1;

  beforeAll(async () => {
    await s3.put(key, Buffer.alloc(size), { ContentType: 'audio/mpeg' });
    await s3.put('prompts/limit.mp3', Buffer.alloc(PROXY_BYTES), { ContentType: 'audio/mpeg' });
  });

  it('is answered 413, and the log names key and size and says to sync it', async () => {
    const { status, line } = await proxy.get(key);
    expect(status).toBe(413);
    expect(line).toMatchObject({ level: 'error', key, tries: 1 });
    expect(line.message).toContain(`${size} bytes`);
    expect(line.message).toContain('npm run sync');
  });

  it('is answered 413 by its headers alone, even if its body never comes', async () => {
    counted.next({ kind: 'stall', afterBytes: 600 });
    expect(await proxy.get(key)).toMatchObject({
      status: 413,
      line: { tries: 1, requestId: expect.stringMatching(/./) },
    });
  });

  it('leaves no connection behind', async () => {
    const connections = createConnections();
    const other = startTestProxy(s3.config({ S3_ENDPOINT: counted.endpoint }), { connections });
    counted.next({ kind: 'stall', afterBytes: 600 });
    expect(await other.get(key)).toMatchObject({ status: 413 });
    while (Object.keys(connections.keepAlive['http:'].sockets).length > 0) await nextTick();
    other.close();
  });

  it('is answered 413 even if its size is not announced', async () => {
    counted.next({ kind: 'chunks', times: 2 });
    expect(await proxy.get('prompts/limit.mp3')).toMatchObject({ status: 413 });
  });

  it('can be played in parts', async () => {
    const { status, body } = await proxy.get(key, { headers: { range: 'bytes=0-9' } });
    expect([status, body.length]).toEqual([206, 10]);
  });

  it('is served at exactly the limit', async () => {
    const { status, body } = await proxy.get('prompts/limit.mp3');
    expect([status, body.length]).toEqual([200, PROXY_BYTES]);
  });
});

describe.each([
  ['from S3', () => withoutCache],
  [
    'from memory',
    () =>
      <T>(use: (cached: TestProxy) => Promise<T>) =>
        use(proxy),
  ],
])('a request %s', (_, how) => {
  const get = (headers: Record<string, string>) => how()((each) => each.get(KEY, { headers }));

  beforeAll(async () => {
    await proxy.get(KEY);
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=2990-', 2990, 2999],
    ['bytes=-10', 2990, 2999],
    ['bytes=2990-5000', 2990, 2999],
    ['bytes=-5000', 0, 2999],
    ['bytes=0-0', 0, 0],
  ])('for %s gets that part', async (range, first, last) => {
    const { status, headers, body } = await get({ range });
    expect(status).toBe(206);
    expect(body.equals(BODY.subarray(first, last + 1))).toBe(true);
    expect(headers).toMatchObject({
      'Content-Range': `bytes ${first}-${last}/3000`,
      'Content-Type': 'audio/mpeg',
      ETag: etag,
    });
  });

  it('for a range past the end is answered 416', async () => {
    const { status, headers } = await get({ range: 'bytes=3000-' });
    expect(status).toBe(416);
    expect([undefined, 'bytes */3000']).toContain(headers['Content-Range']);
  });

  it.each([
    'bytes=x',
    'lines=0-9',
    '0-9',
    'bytes=0-9\u00e9',
    'bytes=-',
    'bytes=,',
    'bytes=-0',
    'bytes=5-1',
    'bytes=0-1,4-5',
    `bytes=0-${'9'.repeat(20)}`,
  ])('for %s, which is not one valid range, gets the whole object', async (range) => {
    expect((await get({ range })).status).toBe(200);
  });

  it('for a range with If-Range gets the whole object', async () => {
    expect((await get({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(200);
  });

  it('with the object’s ETag is answered 304 without a body', async () => {
    const { status, headers, body } = await get({ 'if-none-match': etag });
    expect([status, body.length]).toEqual([304, 0]);
    // A Ceph gateway leaves it out.
    expect([undefined, etag]).toContain(headers.ETag);
    expect(headers).toMatchObject({ 'Cache-Control': 'max-age=60' });
    expect(headers).not.toHaveProperty('Content-Type');
  });

  it('with the object’s ETag as a weak one is answered 304', async () => {
    expect((await get({ 'if-none-match': `W/${etag}` })).status).toBe(304);
  });

  it('with another ETag gets the whole object', async () => {
    expect((await get({ 'if-none-match': '"another"' })).status).toBe(200);
  });

  it.each(['"\u00e9"', 'no quotes', '"'.repeat(3), `"${'x'.repeat(2000)}"`])(
    'with %s, which is no ETag, gets the whole object',
    async (value) => {
      expect((await get({ 'if-none-match': value })).status).toBe(200);
    },
  );

  it('with the date of the object is answered 304', async () => {
    const { headers } = await get({});
    const since = headers['Last-Modified'] ?? '';
    expect((await get({ 'if-modified-since': since })).status).toBe(304);
  });

  it('with a date before the object’s gets the whole object', async () => {
    const since = 'Sat, 29 Oct 1994 19:43:31 GMT';
    expect((await get({ 'if-modified-since': since })).status).toBe(200);
  });

  it('with a date in the future is answered 304', async () => {
    const since = 'Thu, 01 Jan 2099 00:00:00 GMT';
    expect((await get({ 'if-modified-since': since })).status).toBe(304);
  });

  it.each([
    '2099',
    '2099-01-01T00:00:00Z',
    'Thursday, 01-Jan-99 00:00:00 GMT',
    'Thu Jan  1 00:00:00 2099',
    'Fri, 01 Jan 2099 00:00:00 GMT',
  ])('with %s, which is no HTTP date, gets the whole object', async (since) => {
    expect((await get({ 'if-modified-since': since })).status).toBe(200);
  });

  it('with the ETag, a date and a range is answered by the ETag', async () => {
    const since = 'Sat, 29 Oct 1994 19:43:31 GMT';
    const headers = { 'if-none-match': etag, 'if-modified-since': since, range: 'bytes=0-9' };
    expect((await get(headers)).status).toBe(304);
  });
});
