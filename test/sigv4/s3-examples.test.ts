import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canonicalHeaders, lowerCased } from '../../src/sigv4/canonical';
import {
  amzDate,
  authorizationHeader,
  type SigningOptions,
  signHeaders,
  type UnsignedRequest,
} from '../../src/sigv4/sign';
import { presign } from '../helpers/sigv4/presign';

const options: SigningOptions = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
};
const host = 'examplebucket.s3.amazonaws.com';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** @returns the value of the Authorization header with which the examples show a signature */
function authorizationWith(signedHeaders: string, signature: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

type Example = readonly [name: string, UnsignedRequest, signedHeaders: string, signature: string];

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const examples: readonly Example[] = [
  [
    'GET Object with a Range',
    { method: 'GET', host, path: '/test.txt', headers: { Range: 'bytes=0-9' } },
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'GET Bucket Lifecycle, a parameter without a value',
    { method: 'GET', host, path: '/', query: 'lifecycle' },
    'host;x-amz-content-sha256;x-amz-date',
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'GET Bucket (List Objects) with two parameters',
    { method: 'GET', host, path: '/', query: 'max-keys=2&prefix=J' },
    'host;x-amz-content-sha256;x-amz-date',
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
];

describe('the examples of the Amazon S3 API reference', () => {
  test.each(examples)('%s has the documented signature', (_, request, signedHeaders, signature) => {
    expect(signHeaders(request, options)).toMatchObject({
      host,
      'x-amz-date': '20130524T000000Z',
      'x-amz-content-sha256': sha256(''),
      authorization: authorizationWith(signedHeaders, signature),
    });
  });

  test('PUT Object with a body and a reserved character in its key has the documented signature', () => {
    const payloadHash = sha256('Welcome to Amazon S3.');
    const headers = lowerCased({
      Date: 'Fri, 24 May 2013 00:00:00 GMT',
      Host: host,
      'X-Amz-Content-Sha256': payloadHash,
      'X-Amz-Date': amzDate(options.now),
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    });
    const parts = {
      method: 'PUT',
      path: '/test%24file.text',
      query: '',
      headers: canonicalHeaders(headers),
      payloadHash,
    };
    expect(authorizationHeader(parts, { ...options, service: 's3' })).toBe(
      authorizationWith(
        'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      ),
    );
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  test('GET Object, presigned for a day, has the documented signature', () => {
    const { query } = presign(
      { method: 'GET', host, path: '/test.txt' },
      { ...options, service: 's3', expiresInSeconds: 86_400 },
    );
    expect(query.split('&').sort()).toEqual([
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
      'X-Amz-Date=20130524T000000Z',
      'X-Amz-Expires=86400',
      'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
      'X-Amz-SignedHeaders=host',
    ]);
  });
});
