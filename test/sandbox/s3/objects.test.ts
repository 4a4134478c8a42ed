import { createHash, randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from '../../../sandbox/s3';
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
  ])('that holds answers 304 with the validators: %j', async (headers) => {
    const answer = await ask(headers);
    expect(answer).toMatchObject({ status: 304, body: '' });
    expect(answer.headers).toMatchObject({ etag, 'cache-control': 'max-age=60' });
    expect(answer.headers).toHaveProperty('last-modified');
  });

  it.each<Headers>([
    { 'If-None-Match': '"other"' },
    { 'If-None-Match': '"other"', 'If-Modified-Since': future },
    { 'If-Modified-Since': past },
    { 'If-Match': etag },
    { 'If-Match': `"other", ${etag}` },
    { 'If-Match': etag, 'If-Unmodified-Since': past },
    { 'If-Unmodified-Since': future },
  ])('that does not stand in the way answers 200: %j', async (headers) => {
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

  it('is told to nobody without a signature', async () => {
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

  it('gives back the checksum that it was sent with, when asked', async () => {
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

  it('in parts has an ETag that is no MD5 of the whole', async () => {
    const upload = { Bucket, Key: 'parts.mp3' };
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...upload, ContentType: 'audio/mpeg' }),
    );
    const bodies = [randomBytes(5 * 1024 * 1024), Buffer.from('the rest')];
    const Parts = await Promise.all(
      bodies.map(async (Body, i) => {
        const part = { ...upload, UploadId, PartNumber: i + 1, Body };
        const { ETag } = await client.send(new UploadPartCommand(part));
        return { ETag, PartNumber: i + 1 };
      }),
    );
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }),
    );
    const answer = await client.send(new GetObjectCommand(upload));
    const digests = Buffer.from(bodies.map((body) => md5(body)).join(''), 'hex');
    expect(answer).toMatchObject({ ETag: `"${md5(digests)}-2"`, ContentType: 'audio/mpeg' });
    const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    expect(body.equals(Buffer.concat(bodies))).toBe(true);
  });

  it('in parts is refused when its parts are not those that were sent', async () => {
    const upload = { Bucket, Key: 'parts.mp3' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
    const Body = Buffer.from('x');
    for (const PartNumber of [1, 2]) {
      await client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber, Body }));
    }
    const part = (PartNumber: number, content: string | Buffer = Body) => ({
      PartNumber,
      ETag: `"${md5(content)}"`,
    });
    const complete = (Parts: object[], changed = {}) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          UploadId,
          MultipartUpload: { Parts },
          ...changed,
        }),
      );
    await expect(complete([part(3)])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([part(1, 'y')])).rejects.toMatchObject({ name: 'InvalidPart' });
    const [first, second] = [part(1), part(2)];
    await expect(complete([second, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([first, second])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    for (const elsewhere of [{ UploadId: 'unknown' }, { Bucket: 'other' }]) {
      await expect(complete([first], elsewhere)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    }
  });
});

describe('every answer', () => {
  it('has the ids that AWS asks for, in the headers and in errors', async () => {
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
  it('tells its region', async () => {
    const location = await client.send(new GetBucketLocationCommand({ Bucket }));
    expect(location.LocationConstraint).toBe('eu-west-1');
    expect(await client.send(new HeadBucketCommand({ Bucket }))).toMatchObject({
      BucketRegion: 'eu-west-1',
    });
  });

  it('is one of those that the server was started with', async () => {
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket, 'other']);
    const get = new GetObjectCommand({ Bucket: 'absent', Key });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'NoSuchBucket' });
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
  ])('that is not among the few supported is said to be so: %s %s', async (method, path) => {
    expect(await send(s3.endpoint, sign(s3, { method, path }))).toMatchObject({
      status: 501,
      code: 'NotImplemented',
    });
  });

  it('may not be turned into a copy', async () => {
    const headers = { 'x-amz-copy-source': `/${Bucket}/${Key}` };
    const request = sign(s3, { method: 'PUT', path: `/${Bucket}/copy`, headers });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 501, code: 'NotImplemented' });
  });
});
