import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FAST_CHECKSUM_BYTES } from '../../src/limits';
import { crcs } from '../../src/s3/crc';
import { verifyResponse } from '../../src/s3/verify';

const BODY = Buffer.from('123456789');
const ETAG = `"${createHash('md5').update(BODY).digest('hex')}"`;
const OTHER_MD5 = `"${'0'.repeat(32)}"`;
const OF_PARTS = '"0123456789abcdef0123456789abcdef-2"';
const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/** Of `123456789`: the catalogue of CRCs at https://reveng.sourceforge.io/crc-catalogue/ calls it "check". */
const CHECKSUMS = [
  ['x-amz-checksum-crc32', base64('cbf43926')],
  ['x-amz-checksum-crc32c', base64('e3069283')],
  ['x-amz-checksum-crc64nvme', base64('ae8b14860a799888')],
  ['x-amz-checksum-sha1', createHash('sha1').update(BODY).digest('base64')],
  ['x-amz-checksum-sha256', createHash('sha256').update(BODY).digest('base64')],
] as const;

const verify = (
  headers: Record<string, string>,
  { status = 200, body = BODY, sent = {} as Record<string, string> } = {},
) => verifyResponse({ status, headers, body }, sent, () => crcs);

const UNUSABLE = { kind: 'unusable' };

describe('the body of an object', () => {
  it.each([
    ['its MD5', { etag: ETAG }],
    ['its MD5 in capitals', { etag: ETAG.toUpperCase() }],
    ['its MD5 without quotes', { etag: ETAG.replaceAll('"', '') }],
    ['its MD5 in a weak ETag', { etag: `W/${ETAG}` }],
    ['its MD5, encrypted by S3 itself', { etag: ETAG, 'x-amz-server-side-encryption': 'AES256' }],
    ...CHECKSUMS.map(
      ([name, value]) => [`its ${name}`, { etag: OF_PARTS, [name]: value }] as const,
    ),
    [
      'its checksum, where the ETag only looks like an MD5',
      { etag: OTHER_MD5, [CHECKSUMS[0][0]]: CHECKSUMS[0][1] },
    ],
  ])('is verified by %s', async (_, headers) => {
    expect(await verify(headers)).toBe(true);
  });

  it('is verified by its MD5 or its checksum, however long it is, whichever matches', async () => {
    for (const body of [BODY, Buffer.alloc(FAST_CHECKSUM_BYTES, 'sound')]) {
      const md5 = `"${createHash('md5').update(body).digest('hex')}"`;
      const sha256 = createHash('sha256').update(body).digest('base64');
      const by = (etag: string, checksum: string) =>
        verify({ etag, 'x-amz-checksum-sha256': checksum }, { body });
      expect(await by(md5, sha256)).toBe(true);
      expect(await by(md5, 'AAAAAA==')).toBe(true);
      expect(await by(OTHER_MD5, sha256)).toBe(true);
      await expect(by(OTHER_MD5, 'AAAAAA==')).rejects.toMatchObject(UNUSABLE);
    }
  });

  it.each([
    ['its MD5', { etag: OTHER_MD5 }],
    ...CHECKSUMS.map(([name]) => [`its ${name}`, { etag: OF_PARTS, [name]: 'AAAAAA==' }] as const),
  ])('that does not match %s is refused', async (_, headers) => {
    await expect(verify(headers)).rejects.toMatchObject(UNUSABLE);
  });

  it.each([
    ['of an object uploaded in parts', { etag: OF_PARTS }],
    ['with a weak ETag of other bytes', { etag: `W/${OTHER_MD5}` }],
    ['encrypted with KMS', { etag: OTHER_MD5, 'x-amz-server-side-encryption': 'aws:kms' }],
    [
      'encrypted with KMS in two layers',
      { etag: OTHER_MD5, 'x-amz-server-side-encryption': 'aws:kms:dsse' },
    ],
    [
      "encrypted with a customer's key",
      { etag: OTHER_MD5, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
    ],
    ['with a checksum of parts', { etag: OF_PARTS, 'x-amz-checksum-crc32': 'AAAAAA==-2' }],
    [
      'with a checksum of the type COMPOSITE',
      {
        etag: OF_PARTS,
        'x-amz-checksum-crc32': 'AAAAAA==',
        'x-amz-checksum-type': 'COMPOSITE',
      },
    ],
    ['with a checksum that is not known', { etag: OF_PARTS, 'x-amz-checksum-new': 'AAAAAA==' }],
    ['with an ETag in no form of HTTP', { etag: 'one "two"' }],
    [
      'that is a page which somebody has stored in S3',
      { etag: OF_PARTS, 'content-type': 'text/html', 'x-amz-request-id': '4442587FB7D0A2F9' },
    ],
  ])('%s cannot be verified', async (_, headers) => {
    expect(await verify(headers)).toBe(false);
  });

  it('is refused when it is empty and nothing says that the object is', async () => {
    const body = Buffer.alloc(0);
    await expect(verify({ etag: OF_PARTS }, { body })).rejects.toMatchObject(UNUSABLE);
    expect(await verify({ etag: '"d41d8cd98f00b204e9800998ecf8427e"' }, { body })).toBe(true);
  });
});

describe('an answer that S3 never gives is refused:', () => {
  const range = { range: 'bytes=2-4' };
  const part = BODY.subarray(2, 5);
  const partHeaders = { etag: ETAG, 'content-range': 'bytes 2-4/9' };

  it('(these are S3’s)', async () => {
    expect(await verify(partHeaders, { status: 206, body: part, sent: range })).toBe(false);
    const conditions: Record<string, string>[] = [
      { 'if-none-match': ETAG },
      { 'if-none-match': '*' },
      { 'if-modified-since': 'Sat, 29 Oct 1994 19:43:31 GMT' },
    ];
    for (const sent of conditions) expect(await verify({}, { status: 304, sent })).toBe(false);
    const sent = { 'if-none-match': `"a", ${ETAG}` };
    expect(await verify({ etag: `W/${ETAG}` }, { status: 304, sent })).toBe(false);
  });

  it.each([
    ['200 without an ETag', {}, { status: 200 }],
    ['200 with an empty ETag', { etag: '' }, { status: 200 }],
    [
      "a web server's page",
      { etag: '"65f1a2b3-264"', 'content-type': 'text/html; charset=utf-8' },
      { status: 200 },
    ],
    [
      '206 without an ETag',
      { 'content-range': 'bytes 2-4/9' },
      { status: 206, body: part, sent: range },
    ],
    ['206 to a request without a range', partHeaders, { status: 206, body: part }],
    ['206 without a Content-Range', { etag: ETAG }, { status: 206, body: part, sent: range }],
    [
      '206 of another range',
      partHeaders,
      { status: 206, body: part, sent: { range: 'bytes=2-5' } },
    ],
    [
      '206 without the size',
      { ...partHeaders, 'content-range': 'bytes 2-4/*' },
      { status: 206, body: part, sent: range },
    ],
    ['206 with a shorter body', partHeaders, { status: 206, body: part.subarray(1), sent: range }],
    ['304 to a request without a condition', { etag: ETAG }, { status: 304, sent: range }],
    [
      '304 for another object',
      { etag: OTHER_MD5 },
      { status: 304, sent: { 'if-none-match': ETAG } },
    ],
  ])('%s', async (_, headers, response) => {
    await expect(verify(headers, response)).rejects.toMatchObject(UNUSABLE);
  });
});
