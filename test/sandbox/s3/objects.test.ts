import { createHash, randomBytes } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { S3ErrorResponse } from '../../../sandbox/s3/errors';
import { evaluateConditions, parseRange } from '../../../sandbox/s3/get-object';
import { send, sign } from '../../helpers/sandbox/s3/raw-request';

const Bucket = 'prompts';
const Key = 'ten.mp3';
const content = '0123456789';
const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('hex');
const etag = `"${md5(content)}"`;
const past = 'Thu, 01 Jan 2015 00:00:00 GMT';
const future = 'Fri, 01 Jan 2100 00:00:00 GMT';

let s3: S3Server;
let client: S3Client;

beforeAll(async () => {
  s3 = await startS3({ buckets: [Bucket, 'other'], region: 'eu-west-1' });
  client = new S3Client({ ...s3, forcePathStyle: true });
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: Buffer.from(content),
      ContentType: 'audio/mpeg',
      CacheControl: 'max-age=60',
      Metadata: { spoken: 'yes' },
    }),
  );
});

afterAll(async () => {
  client.destroy();
  await s3.stop();
});

type Headers = Record<string, string>;

const ask = (headers: Headers, method = 'GET') =>
  send(s3.endpoint, sign(s3, { method, path: `/${Bucket}/${Key}`, headers }));

describe('an object', () => {
  it('comes back with its type, its metadata and the MD5 of its content as ETag', async () => {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(answer).toMatchObject({
      ETag: etag,
      ContentType: 'audio/mpeg',
      ContentLength: 10,
      CacheControl: 'max-age=60',
      Metadata: { spoken: 'yes' },
    });
    expect(await answer.Body?.transformToString()).toBe(content);
  });

  it('has the same headers for HEAD', async () => {
    expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ETag: etag,
      ContentType: 'audio/mpeg',
      ContentLength: 10,
      Metadata: { spoken: 'yes' },
    });
  });

  it('that is missing is a 404', async () => {
    const get = new GetObjectCommand({ Bucket, Key: 'missing.mp3' });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'NoSuchKey' });
    const head = new HeadObjectCommand({ Bucket, Key: 'missing.mp3' });
    await expect(client.send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('is gone once it is deleted', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'short-lived', Body: Buffer.from('x') }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'short-lived' }));
    const get = new GetObjectCommand({ Bucket, Key: 'short-lived' });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('may be empty', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: Buffer.alloc(0) }));
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'empty' }));
    expect(await answer.Body?.transformToString()).toBe('');
  });

  it('is read whole under its own ETag while it is replaced', async () => {
    const old = randomBytes(4 * 1024 * 1024);
    await client.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: old }));
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'replaced' }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: Buffer.from('new') }));
    const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    expect(`"${md5(body)}"`).toBe(answer.ETag);
    expect(body.equals(old)).toBe(true);
  });

  it('in an archive is listed and described, not served', async () => {
    const archived = { Bucket, Key: 'frozen.mp3', StorageClass: 'GLACIER' } as const;
    await client.send(new PutObjectCommand({ ...archived, Body: Buffer.from('x') }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: archived.Key }));
    expect(head.StorageClass).toBe('GLACIER');
    const get = new GetObjectCommand({ Bucket, Key: archived.Key });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'InvalidObjectState' });
  });
});

describe('a range', () => {
  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-1000', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-1000', content, 'bytes 0-9/10'],
  ])('%s is a part', async (Range, body, contentRange) => {
    const answer = await ask({ Range });
    expect(answer).toMatchObject({ status: 206, body });
    expect(answer.headers).toMatchObject({ 'content-range': contentRange, etag });
  });

  it.each(['bytes=10-', 'bytes=-0'])('%s cannot be satisfied', async (Range) => {
    const answer = await ask({ Range });
    expect(answer).toMatchObject({ status: 416, code: 'InvalidRange' });
    expect(answer.body).toContain('<ActualObjectSize>10</ActualObjectSize>');
  });

  it.each(['bytes=0-1,4-5', 'bytes=5-2', 'bytes=', 'lines=1-2'])('%s is ignored', async (Range) => {
    expect(await ask({ Range })).toMatchObject({ status: 200, body: content });
  });
});

describe('a condition', () => {
  it.each<Headers>([
    { 'If-None-Match': etag },
    { 'If-None-Match': `"other", W/${etag}` },
    { 'If-None-Match': '*' },
    { 'If-Modified-Since': future },
    { 'If-None-Match': etag, 'If-Modified-Since': past },
  ])(
    'under which the object is not modified answers 304 with the validators: %j',
    async (headers) => {
      const answer = await ask(headers);
      expect(answer).toMatchObject({ status: 304, body: '' });
      expect(answer.headers).toMatchObject({ etag, 'cache-control': 'max-age=60' });
      expect(answer.headers).toHaveProperty('last-modified');
    },
  );

  it.each<Headers>([
    { 'If-None-Match': '"other"' },
    { 'If-None-Match': '"other"', 'If-Modified-Since': future },
    { 'If-Modified-Since': past },
    { 'If-Match': etag },
    { 'If-Match': `"other", ${etag}` },
    { 'If-Match': etag, 'If-Unmodified-Since': past },
    { 'If-Unmodified-Since': future },
  ])('that lets the request proceed answers 200: %j', async (headers) => {
    expect(await ask(headers)).toMatchObject({ status: 200, body: content });
  });

  it.each<Headers>([{ 'If-Match': '"other"' }, { 'If-Unmodified-Since': past }])(
    'that fails answers 412: %j',
    async (headers) => {
      const failed = { status: 412, code: 'PreconditionFailed' };
      expect(await ask(headers)).toMatchObject(failed);
      expect(await ask({ ...headers, Range: 'bytes=0-1' })).toMatchObject(failed);
      expect(await ask(headers, 'HEAD')).toMatchObject({ status: 412 });
    },
  );

  it('is not evaluated for a request without a signature', async () => {
    const headers = { 'If-None-Match': etag };
    expect(await send(s3.endpoint, { path: `/${Bucket}/${Key}`, headers })).toMatchObject({
      status: 403,
    });
  });
});

describe('an upload', () => {
  const put = (headers: Headers, body = content) =>
    send(s3.endpoint, sign(s3, { method: 'PUT', path: `/${Bucket}/new`, headers, body }));

  it('is refused when its body is not the signed one, and stores nothing', async () => {
    const request = sign(s3, { method: 'PUT', path: `/${Bucket}/tampered`, body: content });
    expect(await send(s3.endpoint, { ...request, body: '9876543210' })).toMatchObject({
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
    });
    const get = new GetObjectCommand({ Bucket, Key: 'tampered' });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it.each([
    ['Content-MD5', createHash('md5').update('other').digest('base64')],
    ['x-amz-checksum-crc32', 'AAAAAA=='],
    ['x-amz-checksum-sha1', createHash('sha1').update('other').digest('base64')],
    ['x-amz-checksum-sha256', createHash('sha256').update('other').digest('base64')],
  ])('is refused when %s is not that of its body', async (header, value) => {
    expect(await put({ [header]: value })).toMatchObject({ status: 400, code: 'BadDigest' });
  });

  it('returns the checksum that it was sent with, on request', async () => {
    const Body = Buffer.from(content);
    const sent = await client.send(
      new PutObjectCommand({ Bucket, Key: 'sum', Body, ChecksumAlgorithm: 'SHA256' }),
    );
    const expected = createHash('sha256').update(content).digest('base64');
    expect(sent.ChecksumSHA256).toBe(expected);
    const asked = { Bucket, Key: 'sum', ChecksumMode: 'ENABLED' } as const;
    const answer = await client.send(new GetObjectCommand(asked));
    expect(answer.ChecksumSHA256).toBe(expected);
    const part = await client.send(new GetObjectCommand({ ...asked, Range: 'bytes=0-1' }));
    expect(part.ChecksumSHA256).toBeUndefined();
  });

  it('is refused with a checksum that cannot be verified here, or as a stream of chunks', async () => {
    const notImplemented = { status: 501, code: 'NotImplemented' };
    expect(await put({ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' })).toMatchObject(notImplemented);
    const streamed = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
    expect(await put(streamed)).toMatchObject(notImplemented);
  });

  it('is refused without a length', async () => {
    const request = sign(s3, { method: 'PUT', path: `/${Bucket}/new` });
    const headers = { ...request.headers, 'Transfer-Encoding': 'chunked' };
    expect(await send(s3.endpoint, { ...request, headers })).toMatchObject({
      status: 411,
      code: 'MissingContentLength',
    });
  });

  it('is refused with a condition or another header that this server does not implement', async () => {
    for (const [name, value] of [
      ['If-None-Match', '*'],
      ['If-Match', etag],
      ['x-amz-copy-source', `/${Bucket}/${Key}`],
      ['x-amz-acl', 'public-read'],
      ['x-amz-server-side-encryption', 'aws:kms'],
    ] as const) {
      expect(await put({ [name]: value })).toMatchObject({ status: 501, code: 'NotImplemented' });
    }
  });
});

describe('an object put by a test', () => {
  it('may have an ETag that is no MD5, as one that was uploaded in parts', async () => {
    s3.store.put(Bucket, 'parts.mp3', Buffer.from(content), { etag: `${md5('parts')}-2` });
    const { ETag } = await client.send(new GetObjectCommand({ Bucket, Key: 'parts.mp3' }));
    expect(ETag).toBe(`"${md5('parts')}-2"`);
  });

  it('needs a bucket', () => {
    expect(() => s3.store.put('absent', Key, Buffer.from(content))).toThrow('no bucket absent');
  });
});

describe('every response', () => {
  it('has the request ids of S3, in the headers and in errors', async () => {
    const missing = sign(s3, { path: `/${Bucket}/missing` });
    const [found, error] = [await ask({}), await send(s3.endpoint, missing)];
    for (const { headers } of [found, error]) {
      expect(headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
      expect(headers['x-amz-id-2']).toMatch(/./);
    }
    expect(error.body).toContain(`<RequestId>${error.headers['x-amz-request-id']}</RequestId>`);
  });
});

describe('a bucket', () => {
  it('is one of those that the server was started with', async () => {
    const get = new GetObjectCommand({ Bucket: 'absent', Key });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('tells its region with a listing', async () => {
    const listing = sign(s3, { path: `/${Bucket}?list-type=2` });
    const { headers } = await send(s3.endpoint, listing);
    expect(headers['x-amz-bucket-region']).toBe('eu-west-1');
  });
});

describe('an operation', () => {
  it.each([
    ['PUT', '/prompts?website'],
    ['PUT', '/prompts?cors'],
    ['POST', '/prompts'],
    ['POST', '/prompts?delete'],
    ['GET', '/prompts/ten.mp3?acl'],
    ['GET', '/prompts/ten.mp3?versionId=1'],
    ['PUT', '/new-bucket'],
    ['DELETE', '/prompts'],
    ['HEAD', '/prompts'],
    ['GET', '/'],
    ['GET', '/prompts?location'],
    ['GET', '/prompts?uploads'],
    ['POST', '/prompts/ten.mp3?uploads'],
    ['GET', '/prompts/ten.mp3?response-content-type=text/html'],
    ['GET', '/prompts/ten.mp3?partNumber=1'],
    ['GET', '/prompts/ten.mp3?Called=1'],
    ['GET', '/prompts?list-type=2&Called=1'],
  ])(
    'with another method or parameter than the supported ones answers 501: %s %s',
    async (method, path) => {
      const { status, code } = await send(s3.endpoint, sign(s3, { method, path }));
      expect([status, code]).toEqual([501, method === 'HEAD' ? undefined : 'NotImplemented']);
    },
  );
});

describe('parseRange', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=9-9', { start: 9, end: 9 }],
    ['bytes=3-', { start: 3, end: 9 }],
    ['bytes=3-100', { start: 3, end: 9 }],
    ['bytes=-4', { start: 6, end: 9 }],
    ['bytes=-100', { start: 0, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-20', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-3', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['bytes=a-b', 'whole'],
    ['items=0-1', 'whole'],
    [undefined, 'whole'],
  ] as const)('reads %s of ten bytes as %j', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });

  it.each(['bytes=0-', 'bytes=-5'])('finds no part %s of an empty object', (header) => {
    expect(parseRange(header, 0)).toBe('unsatisfiable');
  });
});

describe('evaluateConditions', () => {
  const stored = { etag: 'abc', lastModified: new Date('2024-05-24T12:00:00Z') };
  const before = 'Fri, 24 May 2024 11:59:59 GMT';
  const same = 'Fri, 24 May 2024 12:00:00 GMT';
  const never = 'no date at all';

  it.each<[Headers, 'proceed' | 'not modified' | 'PreconditionFailed']>([
    [{}, 'proceed'],
    [{ 'if-match': '"abc"' }, 'proceed'],
    [{ 'if-match': 'abc' }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': '"x", "abc"' }, 'proceed'],
    [{ 'if-match': '"x"' }, 'PreconditionFailed'],
    [{ 'if-match': '' }, 'PreconditionFailed'],
    [{ 'if-match': '"x"', 'if-none-match': '"abc"' }, 'PreconditionFailed'],
    [{ 'if-match': '"abc"', 'if-unmodified-since': before }, 'proceed'],
    [{ 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not modified'],
    [{ 'if-unmodified-since': before }, 'PreconditionFailed'],
    [{ 'if-unmodified-since': same }, 'proceed'],
    [{ 'if-unmodified-since': never }, 'proceed'],
    [{ 'if-none-match': '"abc"' }, 'not modified'],
    [{ 'if-none-match': 'abc' }, 'not modified'],
    [{ 'if-none-match': 'W/"abc"' }, 'not modified'],
    [{ 'if-none-match': '"abcd"' }, 'proceed'],
    [{ 'if-none-match': '"x"', 'if-modified-since': same }, 'proceed'],
    [{ 'if-modified-since': same }, 'not modified'],
    [{ 'if-modified-since': before }, 'proceed'],
    [{ 'if-modified-since': never }, 'proceed'],
  ])('of %j is %s', (headers, expected) => {
    const outcome = () => {
      try {
        return evaluateConditions(new Map(Object.entries(headers)), stored);
      } catch (error) {
        return error instanceof S3ErrorResponse ? error.code : error;
      }
    };
    expect(outcome()).toBe(expected);
  });
});
