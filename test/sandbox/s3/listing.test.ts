import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { compareUtf8, listPage } from '../../../sandbox/s3/listing';
import { send, sign } from '../../helpers/sandbox/s3/raw-request';

describe('listPage', () => {
  const whole = { prefix: '', delimiter: '', after: '', maxKeys: 1000 };

  it('says where to go on only when more follows', () => {
    const keys = ['a', 'b', 'c'];
    expect(listPage(keys, { ...whole, maxKeys: 2 })).toEqual({
      keys: ['a', 'b'],
      commonPrefixes: [],
      next: 'b',
    });
    expect(listPage(keys, { ...whole, maxKeys: 3 })).toEqual({ keys, commonPrefixes: [] });
  });

  it('lists nothing, and no more of it, when asked for nothing', () => {
    expect(listPage(['a'], { ...whole, maxKeys: 0 })).toEqual({ keys: [], commonPrefixes: [] });
  });

  it('groups keys by what precedes the delimiter, and counts a group as one', () => {
    const keys = ['a', 'b/1', 'b/2', 'c/1', 'd'];
    const grouped = { ...whole, delimiter: '/', maxKeys: 2 };
    expect(listPage(keys, grouped)).toEqual({ keys: ['a'], commonPrefixes: ['b/'], next: 'b/' });
    expect(listPage(keys, { ...grouped, after: 'b/' })).toEqual({
      keys: ['d'],
      commonPrefixes: ['c/'],
    });
  });

  it('groups below a prefix, by delimiters of any length', () => {
    const keys = ['x--y', 'x/a--1', 'x/a--2', 'x/b'];
    expect(listPage(keys, { ...whole, prefix: 'x/', delimiter: '--' })).toEqual({
      keys: ['x/b'],
      commonPrefixes: ['x/a--'],
    });
  });

  it('reaches every key and group once, whatever the page size', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'b', '/', '時', '😀', '\uffee'),
      minLength: 1,
    });
    const property = fc.property(
      fc.uniqueArray(key, { maxLength: 30 }),
      fc.constantFrom('', '/', 'a'),
      fc.constantFrom('', 'a', 'a/'),
      fc.integer({ min: 1, max: 5 }),
      (unsorted, delimiter, prefix, maxKeys) => {
        const keys = unsorted.sort(compareUtf8);
        const request = { prefix, delimiter, after: '' };
        const all = listPage(keys, { ...request, maxKeys: 1000 });
        const paged = { keys: [] as string[], commonPrefixes: [] as string[] };
        for (let after: string | undefined = ''; after !== undefined; ) {
          const page = listPage(keys, { ...request, after, maxKeys });
          paged.keys.push(...page.keys);
          paged.commonPrefixes.push(...page.commonPrefixes);
          expect(page.keys.length + page.commonPrefixes.length).toBeLessThanOrEqual(maxKeys);
          expect(page.next).not.toBe(after);
          after = page.next;
        }
        expect(paged).toEqual(all);
      },
    );
    fc.assert(property);
  });

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

describe('a bucket with more than a page of objects', () => {
  const Bucket = 'prompts';
  const many = Array.from({ length: 1005 }, (_, i) => `many/${String(i).padStart(4, '0')}.mp3`);
  const odd = ['odd/a b&c+.mp3', 'odd/a.mp3', 'odd/a/b.mp3', 'odd/時.mp3'];
  let s3: S3Server;
  let client: S3Client;

  beforeAll(async () => {
    s3 = await startS3({ buckets: [Bucket, 'other'] });
    client = new S3Client({ ...s3, forcePathStyle: true });
    const Body = Buffer.from('x');
    await Promise.all(
      [...many, ...odd].map((Key) => client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    );
  }, 60_000);

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

  it('is listed as folders', async () => {
    const { CommonPrefixes, Contents, KeyCount } = await list({ Delimiter: '/', MaxKeys: 10 });
    expect(CommonPrefixes).toEqual([{ Prefix: 'many/' }, { Prefix: 'odd/' }]);
    expect(Contents).toBeUndefined();
    expect(KeyCount).toBe(2);
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

  it('answers the first version of the listing, too', async () => {
    const page = (query: string) => send(s3.endpoint, sign(s3, { path: `/${Bucket}?${query}` }));
    const { body } = await page('delimiter=/&max-keys=1');
    expect(body).toContain('<NextMarker>many/</NextMarker>');
    expect((await page('delimiter=/&marker=many/')).body).toContain('<Prefix>odd/</Prefix>');
  });
});
