import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { compareUtf8 } from '../../../sandbox/s3/store';
import { send, sign } from '../../helpers/sandbox/s3/raw-request';

describe('compareUtf8', () => {
  it('sorts by UTF-8 bytes, not by UTF-16 units', () => {
    expect(['😀', '\uffee', 'a.b', 'a/b', 'a'].sort(compareUtf8)).toEqual([
      'a',
      'a.b',
      'a/b',
      '\uffee',
      '😀',
    ]);
  });
});

describe('a listing of any bucket', () => {
  it('reaches every key with the prefix once and in order, whatever the page size', async () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'b', '/', '時', '😀', '\uffee'),
      minLength: 1,
    });
    const property = fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 30 }),
      fc.constantFrom('', 'a', 'a/'),
      fc.integer({ min: 1, max: 5 }),
      async (keys, Prefix, MaxKeys) => {
        const s3 = await startS3({ buckets: ['prompts'] });
        const client = new S3Client({ ...s3, forcePathStyle: true });
        for (const each of keys) s3.store.put('prompts', each, Buffer.from('x'));
        const found: (string | undefined)[] = [];
        const input = { Bucket: 'prompts', Prefix, MaxKeys };
        for await (const page of paginateListObjectsV2({ client }, input)) {
          expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
          expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
          found.push(...(page.Contents ?? []).map(({ Key }) => Key));
        }
        client.destroy();
        await s3.stop();
        const expected = keys.filter((each) => each.startsWith(Prefix)).sort(compareUtf8);
        expect(found).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });
});

describe('a bucket with more than a page of objects', () => {
  const Bucket = 'prompts';
  const many = Array.from({ length: 1005 }, (_, i) => `many/${String(i).padStart(4, '0')}.mp3`);
  const odd = ['odd/a b&c+.mp3', 'odd/a.mp3', 'odd/a/b.mp3', 'odd/時.mp3'];
  let s3: S3Server;
  let client: S3Client;

  beforeAll(async () => {
    s3 = await startS3({ buckets: [Bucket, 'other'] });
    client = new S3Client({ ...s3, forcePathStyle: true });
    for (const Key of [...many, ...odd]) s3.store.put(Bucket, Key, Buffer.from('x'));
  });

  afterAll(async () => {
    client.destroy();
    await s3.stop();
  });

  const list = (input: Partial<ListObjectsV2CommandInput>) =>
    client.send(new ListObjectsV2Command({ Bucket, ...input }));

  async function pages(
    input: Partial<ListObjectsV2CommandInput>,
  ): Promise<(string | undefined)[][]> {
    const sets: (string | undefined)[][] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, ...input })) {
      sets.push(Contents.map(({ Key }) => Key));
    }
    return sets;
  }

  it('is listed page by page, each key once and in order', async () => {
    const [first, second, ...others] = await pages({});
    expect(first).toHaveLength(1000);
    expect(others).toEqual([]);
    expect([...(first ?? []), ...(second ?? [])]).toEqual([...many, ...odd]);
  });

  it('never gives more than 1,000 keys a page, and says how many were asked for', async () => {
    expect(await list({ MaxKeys: 5000 })).toMatchObject({
      KeyCount: 1000,
      MaxKeys: 5000,
      IsTruncated: true,
    });
  });

  it('is listed in pages of any size, by prefix and after a key', async () => {
    expect(await pages({ Prefix: 'odd/', MaxKeys: 3 })).toEqual([odd.slice(0, 3), odd.slice(3)]);
    expect(await pages({ StartAfter: 'odd/a.mp3' })).toEqual([odd.slice(2)]);
  });

  it('lists nothing, and is not truncated, when asked for no keys', async () => {
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('is listed with keys encoded for a URL when asked, as forms encode them', async () => {
    const { Contents, Prefix, EncodingType } = await list({
      Prefix: 'odd/a b',
      EncodingType: 'url',
    });
    expect(Contents?.map(({ Key }) => Key)).toEqual(['odd/a+b%26c%2B.mp3']);
    expect({ Prefix, EncodingType }).toEqual({ Prefix: 'odd/a+b', EncodingType: 'url' });
  });

  it('escapes keys once in the XML', async () => {
    const request = sign(s3, { path: `/${Bucket}?list-type=2&prefix=odd/a%20b` });
    expect((await send(s3.endpoint, request)).body).toContain('<Key>odd/a b&amp;c+.mp3</Key>');
  });

  it('has the ETag, size, date and storage class of each object', async () => {
    const { Contents = [] } = await list({ Prefix: 'odd/a.mp3' });
    expect(Contents).toEqual([
      {
        Key: 'odd/a.mp3',
        ETag: '"9dd4e461268c8034f5c8564e155c67a6"',
        Size: 1,
        LastModified: expect.any(Date),
        StorageClass: 'STANDARD',
      },
    ]);
  });

  it('refuses a continuation token that it did not give for this bucket', async () => {
    const { NextContinuationToken } = await list({ MaxKeys: 1 });
    for (const input of [
      { ContinuationToken: 'nonsense' },
      { Bucket: 'other', ContinuationToken: NextContinuationToken },
    ]) {
      await expect(list(input)).rejects.toMatchObject({ name: 'InvalidArgument' });
    }
  });

  it('refuses what it cannot understand', async () => {
    for (const query of ['max-keys=-1', 'max-keys=many', 'encoding-type=base64']) {
      const request = sign(s3, { path: `/${Bucket}?list-type=2&${query}` });
      expect(await send(s3.endpoint, request)).toMatchObject({
        status: 400,
        code: 'InvalidArgument',
      });
    }
  });

  it('is listed whole where a delimiter without a value says that nothing is grouped', async () => {
    const request = sign(s3, { path: `/${Bucket}?delimiter=&list-type=2` });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200 });
  });

  it('is not listed in another way: grouped, with owners, or by the first version', async () => {
    for (const query of ['list-type=2&delimiter=/', 'list-type=2&fetch-owner=true', 'prefix=a']) {
      const request = sign(s3, { path: `/${Bucket}?${query}` });
      expect(await send(s3.endpoint, request)).toMatchObject({
        status: 501,
        code: 'NotImplemented',
      });
    }
  });
});
