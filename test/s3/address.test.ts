import { readFileSync } from 'node:fs';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { awsDnsSuffix, isAddressable, objectAddress, type S3Location } from '../../src/s3/address';

const aws: S3Location = {
  bucket: 'examplebucket',
  region: 'eu-central-1',
  endpoint: undefined,
  addressingStyle: 'auto',
};
const ceph: S3Location = { ...aws, endpoint: 'https://storage.example.com:8443' };

test('a location that differs in one field only has an address of its own', () => {
  const others: S3Location[] = [
    { ...aws, bucket: 'otherbucket' },
    { ...aws, region: 'us-east-1' },
    ceph,
    { ...aws, addressingStyle: 'path' },
  ];
  const first = objectAddress(aws, 'a.mp3');
  for (const other of others) {
    expect(objectAddress(other, 'a.mp3')).not.toEqual(first);
    expect(objectAddress({ ...aws }, 'a.mp3')).toEqual(first);
  }
});

describe('objectAddress', () => {
  test.each<[string, S3Location, string, string]>([
    ['an object on AWS', aws, 'examplebucket.s3.eu-central-1.amazonaws.com', '/a%20b.mp3'],
    [
      'an object on AWS in China',
      { ...aws, region: 'cn-north-1' },
      'examplebucket.s3.cn-north-1.amazonaws.com.cn',
      '/a%20b.mp3',
    ],
    [
      'an object in a bucket with dots on AWS',
      { ...aws, bucket: 'a.b.c' },
      's3.eu-central-1.amazonaws.com',
      '/a.b.c/a%20b.mp3',
    ],
    [
      'an object on AWS in path style',
      { ...aws, addressingStyle: 'path' },
      's3.eu-central-1.amazonaws.com',
      '/examplebucket/a%20b.mp3',
    ],
    ['an object on another server', ceph, 'storage.example.com:8443', '/examplebucket/a%20b.mp3'],
    [
      'an object on another server in virtual-host style',
      { ...ceph, addressingStyle: 'virtual' },
      'examplebucket.storage.example.com:8443',
      '/a%20b.mp3',
    ],
    [
      'an object at the default port',
      { ...ceph, endpoint: 'https://storage.example.com:443' },
      'storage.example.com',
      '/examplebucket/a%20b.mp3',
    ],
    [
      'an object on an IPv6 address',
      { ...ceph, endpoint: 'http://[::1]:7480' },
      '[::1]:7480',
      '/examplebucket/a%20b.mp3',
    ],
  ])('%s has its address', (_, location, host, path) => {
    const protocol = location.endpoint?.startsWith('http:') ? 'http' : 'https';
    expect(objectAddress(location, 'a b.mp3')).toEqual({
      origin: `${protocol}://${host}`,
      host,
      path,
    });
  });
});

describe('awsDnsSuffix', () => {
  /** Where AWS's own SDK would send a request, by its own table. */
  async function hostBySdk(region: string): Promise<string> {
    let host = '';
    const client = new S3Client({
      region,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: {
        handle: async (request: { readonly hostname: string }) => {
          host = request.hostname;
          throw new Error('not sent');
        },
      },
      maxAttempts: 1,
    });
    await client.send(new ListObjectsV2Command({ Bucket: aws.bucket })).catch(() => {});
    return host;
  }

  test.each([
    'eu-central-1',
    'us-gov-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'us-isof-south-1',
    'mx-central-1',
    'xx-new-1',
  ])('a bucket in %s is where the table of AWS has it', async (region) => {
    expect(objectAddress({ ...aws, region }, 'a').host).toBe(await hostBySdk(region));
  });

  test('each partition of AWS is known', () => {
    // The package does not export its table.
    const file = require
      .resolve('@aws-sdk/core/client')
      .replace(/dist-cjs.*/, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
    const table = readFileSync(file, 'utf8').replace(/^export const partitionsInfo =|;\s*$/g, '');
    const { partitions } = v.parse(partitionTable, JSON.parse(table));
    expect(partitions.length).toBeGreaterThan(7);
    for (const { regions, outputs } of partitions) {
      for (const region of Object.keys(regions).filter((name) => !name.endsWith('-global'))) {
        expect([region, awsDnsSuffix(region)]).toEqual([region, outputs.dnsSuffix]);
      }
    }
  });
});

const partitionTable = v.object({
  partitions: v.array(
    v.object({
      outputs: v.object({ dnsSuffix: v.string() }),
      regions: v.record(v.string(), v.unknown()),
    }),
  ),
});

describe('isAddressable', () => {
  test.each(['a', '/a', 'a//b', 'a/', '...', '.a', '営業 時間.mp3'])(
    'the key %j has an address',
    (key) => {
      expect(isAddressable(key)).toBe(true);
    },
  );
  test.each(['', '.', '..', 'a/./b', 'a/..', '\ud800'])('the key %j has no address', (key) => {
    expect(isAddressable(key)).toBe(false);
  });
});
