import { describe, expect, test } from '@jest/globals';
import { isAddressable, objectAddress, type S3Location } from '../../src/s3/address';

const aws: S3Location = {
  bucket: 'examplebucket',
  region: 'eu-central-1',
  endpoint: undefined,
  addressingStyle: 'auto',
};
const ceph: S3Location = { ...aws, endpoint: 'https://storage.example.com:8443' };

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
