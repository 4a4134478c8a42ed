import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { DOT_SEGMENT_KEYS, HOSTILE_KEYS } from '../../helpers/hostile-keys';
import { send, sign } from '../../helpers/sandbox/s3/raw-request';

const Bucket = 'prompts';

let s3: S3Server;
let client: S3Client;

beforeAll(async () => {
  s3 = await startS3({ buckets: [Bucket] });
  client = new S3Client({ ...s3, forcePathStyle: true });
});

afterAll(async () => {
  client.destroy();
  await s3.stop();
});

const put = (Key: string, body: string) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(body) }));

async function get(Key: string): Promise<string | undefined> {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
  return answer.Body?.transformToString();
}

/** Asks for url encoding, as characters that XML cannot hold need it. */
async function list(prefix: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket, Prefix: prefix, EncodingType: 'url' }),
  );
  return Contents.map(({ Key }) => Key && decodeURIComponent(Key.replaceAll('+', ' ')));
}

const hostile = [...HOSTILE_KEYS, ...DOT_SEGMENT_KEYS];

describe('a hostile key', () => {
  it.each(hostile)('is stored, described, presigned, listed and deleted: %j', async (key) => {
    const body = `content of ${key}`;
    await put(key, body);
    expect(await get(key)).toBe(body);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
    expect(head.ContentLength).toBe(Buffer.byteLength(body));

    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: key }));
    const path = url.slice(s3.endpoint.length);
    expect(await send(s3.endpoint, { path })).toMatchObject({ status: 200, body });
    expect(await list(key)).toContain(key);

    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    await expect(get(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('is never mistaken for another', async () => {
    await Promise.all(hostile.map((key) => put(key, key)));
    for (const key of hostile) expect(await get(key)).toBe(key);
    expect(new Set(await list(''))).toEqual(new Set(hostile));
    await Promise.all(hostile.map((Key) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
  });

  it('of any characters comes back as it went in', async () => {
    const key = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => Buffer.byteLength(text) <= 1024);
    const property = fc.asyncProperty(key, async (text) => {
      await put(text, text);
      expect(await get(text)).toBe(text);
      expect(await list(text)).toContain(text);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('of more than 1,024 bytes is refused', async () => {
    for (const Key of ['k'.repeat(1025), '時'.repeat(342)]) {
      await expect(put(Key, 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
    }
  });

  it('is the same whether its slashes come escaped or not', async () => {
    await put('folder/file.mp3', 'same');
    const request = sign(s3, { path: `/${Bucket}/folder%2Ffile.mp3` });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200, body: 'same' });
  });
});
