import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type S3Server, startS3 } from '../../sandbox/s3';
import type { CredentialSource } from '../../src/credentials/credentials';
import { credentialsOf } from '../../src/credentials/with-aws-clients';
import { S3_ATTEMPTS, S3_PAGE_BYTES } from '../../src/limits';
import { OutOfTimeError } from '../../src/retry';
import { S3Error } from '../../src/s3/errors';
import {
  ChangedObjectError,
  PromptBucket,
  type PromptObject,
  UnreadableObjectError,
} from '../../src/s3/prompts';
import { FakeClock } from '../helpers/clock';
import {
  type Fault,
  type FaultServer,
  S3_ERROR_MESSAGE,
  s3Error,
  startFaultServer,
} from '../helpers/fault-server';
import { DOT_SEGMENT_KEYS, HOSTILE_KEYS } from '../helpers/hostile-keys';

const Bucket = 'prompts';
const content = Buffer.from('This is a prompt. '.repeat(1000));

let s3: S3Server;
let client: S3Client;
let faulty: FaultServer;
const opened: PromptBucket[] = [];

beforeAll(async () => {
  s3 = await startS3({ buckets: [Bucket, 'odd', 'empty'] });
  // Without a checksum of the SDK's, so that the ETag must do.
  client = new S3Client({
    ...s3,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  faulty = await startFaultServer(s3.endpoint);
  await put('hello.mp3', content);
});

afterEach(() => {
  for (const bucket of opened.splice(0)) bucket.close();
  faulty.next();
  faulty.requests.length = 0;
});

afterAll(async () => {
  client.destroy();
  await faulty.close();
  await s3.stop();
});

async function put(Key: string, Body: Buffer, bucket = Bucket): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}

interface Settings {
  readonly bucket?: string;
  readonly prefix?: string;
  readonly region?: string;
  readonly clock?: FakeClock;
  readonly deadline?: number;
  readonly timeoutMs?: number;
  readonly secretAccessKey?: string;
  readonly credentials?: CredentialSource;
}

function open(settings: Settings = {}): PromptBucket {
  const { bucket = Bucket, prefix = '', clock = new FakeClock(), timeoutMs } = settings;
  const { deadline = Number.POSITIVE_INFINITY } = settings;
  const { accessKeyId } = s3.credentials;
  const { secretAccessKey = s3.credentials.secretAccessKey } = settings;
  const opening = new PromptBucket(
    {
      bucket,
      prefix,
      region: settings.region ?? s3.region,
      endpoint: faulty.endpoint,
      addressingStyle: 'auto',
      credentials: settings.credentials ?? {
        kind: 'access key',
        keys: { accessKeyId, secretAccessKey },
      },
    },
    { clock, deadline, credentialsOf, ...(timeoutMs !== undefined && { timeoutMs }) },
  );
  opened.push(opening);
  return opening;
}

async function listed(key: string): Promise<PromptObject> {
  const found = (await open().list()).find((object) => object.key === key);
  if (!found) throw new Error(`${key} is not listed`);
  faulty.requests.length = 0;
  return found;
}

/** Reads hello.mp3 while these faults happen, one a request. */
async function fetchDespite(faults: readonly Fault[], settings: Settings = {}): Promise<Buffer> {
  const object = await listed('hello.mp3');
  faulty.next(...faults);
  return open(settings).fetch(object);
}

const md5 = createHash('md5').update(content).digest('hex');
const always = (fault: Fault): Fault[] => Array.from({ length: S3_ATTEMPTS }, () => fault);

const answer = (body: string, status = 200): Fault => ({
  kind: 'reply',
  status,
  headers: {},
  body,
});

const OVERLOADED = s3Error(503, 'SlowDown', { 'retry-after': '7' });
const RESET: Fault = { kind: 'reset', afterBytes: 0 };
const CUT_IN_BODY: Fault = { kind: 'cut', afterBytes: -100 };
const SHORTENED: Fault = { kind: 'changed', body: (body) => body.subarray(1) };
const LENGTHENED: Fault = { kind: 'changed', body: (body) => Buffer.concat([body, body]) };
const CORRUPT: Fault = { kind: 'changed', body: (body) => Buffer.from(body).fill('x', 5, 6) };
const withChecksum = (algorithm: string, value: string): Fault => ({
  kind: 'changed',
  headers: { [`x-amz-checksum-${algorithm}`]: value },
});

describe('fetch', () => {
  test.each<[string, Fault]>([
    ['a connection that breaks before the response', RESET],
    ['a connection that breaks in the body', CUT_IN_BODY],
    ['a body that is whole for HTTP, but too short', SHORTENED],
    ['a body that is too long', LENGTHENED],
    ['bytes that were changed on the way', CORRUPT],
    ['a checksum that does not match', withChecksum('crc32', 'AAAAAA==')],
    ['S3 being overloaded', s3Error(503, 'SlowDown')],
    ['an error inside S3', s3Error(500, 'InternalError')],
  ])('another attempt follows %s', async (_, fault) => {
    expect(await fetchDespite([fault, fault])).toEqual(content);
    expect(faulty.requests).toHaveLength(3);
  });

  test.each<[string, Fault]>([
    ['before it answers', { kind: 'stall', afterBytes: 0 }],
    ['in the body', { kind: 'stall', afterBytes: -100 }],
  ])('another attempt follows the timeout of a server that stops %s', async (_, fault) => {
    expect(await fetchDespite([fault], { timeoutMs: 2000 })).toEqual(content);
    expect(faulty.requests).toHaveLength(2);
  });

  test.each<[string, Fault, string]>([
    ['shortened', SHORTENED, `${content.length - 1} bytes came instead of ${content.length}`],
    ['corrupt', CORRUPT, 'do not match their MD5'],
  ])('bytes that stay %s are never returned', async (_, fault, message) => {
    const fetching = fetchDespite(always(fault));
    await expect(fetching).rejects.toThrow(S3Error);
    await expect(fetching).rejects.toThrow(message);
    expect(faulty.requests).toHaveLength(S3_ATTEMPTS);
  });

  test('the next attempt waits as long as S3 asks for', async () => {
    const clock = new FakeClock();
    await fetchDespite([OVERLOADED], { clock });
    expect(clock.slept).toEqual([7000]);
  });

  test('no wait goes past the deadline', async () => {
    const clock = new FakeClock();
    const fetching = fetchDespite([OVERLOADED], { clock, deadline: clock.time + 5000 });
    await expect(fetching).rejects.toThrow('503 SlowDown');
    expect(clock.slept).toEqual([]);
  });

  test('no attempt begins after the deadline', async () => {
    const clock = new FakeClock();
    const fetching = fetchDespite([], { clock, deadline: clock.time });
    await expect(fetching).rejects.toThrow(OutOfTimeError);
    expect(faulty.requests).toEqual([]);
  });

  test('an object that was replaced since it was listed is an error', async () => {
    await put('replaced.mp3', Buffer.from('old'));
    const object = await listed('replaced.mp3');
    await put('replaced.mp3', Buffer.from('new, and longer'));
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
    expect(faulty.requests).toHaveLength(1);
  });

  test('a replaced object is an error where the server ignores If-Match, too', async () => {
    const object = await listed('hello.mp3');
    faulty.next({ kind: 'reply', status: 200, headers: { etag: '"another"' }, body: 'new' });
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
    expect(faulty.requests).toHaveLength(1);
  });

  test('an object that was deleted since it was listed is an error', async () => {
    const object = { ...(await listed('hello.mp3')), key: 'deleted.mp3' };
    await expect(open().fetch(object)).rejects.toThrow(ChangedObjectError);
  });

  test.each<[string, Fault]>([
    ['CRC-32', withChecksum('crc32', base64OfCrc32(content))],
    ['SHA-256', withChecksum('sha256', createHash('sha256').update(content).digest('base64'))],
    ['an unknown algorithm', withChecksum('xyz', 'AAAA')],
  ])('bytes that match the checksum of S3 are returned: %s', async (_, fault) => {
    expect(await fetchDespite([fault])).toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test('the CRC-64 that S3 computes for every new object is checked', async () => {
    await fetchDespite([withChecksum('crc64nvme', 'AAAAAAAAAAA=')]);
    expect(faulty.requests).toHaveLength(2);
  });

  test('the ETag is no MD5 where S3 encrypts with KMS', async () => {
    const headers = { 'x-amz-server-side-encryption': 'aws:kms' };
    expect(await fetchDespite([{ ...CORRUPT, headers }])).not.toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test('an object that was uploaded in parts, whose ETag is no MD5, is read', async () => {
    const Key = 'parts.mp3';
    s3.store.put(Bucket, Key, content, { etag: 'd41d8cd98f00b204e9800998ecf8427e-1' });
    const object = await listed(Key);
    expect(object.etag).toMatch(/-1"$/);
    expect(await open().fetch(object)).toEqual(content);
  });

  test('an empty object is read', async () => {
    await put('empty.mp3', Buffer.alloc(0));
    expect(await open().fetch(await listed('empty.mp3'))).toHaveLength(0);
  });

  test.each<[string, string | undefined]>([
    ['weak', `W/"${md5}"`],
    ['without quotes', md5],
    ['left out, and the MD5 is that of the listing', undefined],
  ])('the object is the listed one when the ETag of the answer is %s', async (_, etag) => {
    expect(await fetchDespite([{ kind: 'changed', headers: { etag } }])).toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test('an answer without an ETag is not the object where no MD5 shows that it is', async () => {
    s3.store.put(Bucket, 'parts.mp3', content, { etag: 'd41d8cd98f00b204e9800998ecf8427e-1' });
    const object = await listed('parts.mp3');
    faulty.next(...always({ kind: 'changed', headers: { etag: undefined } }));
    const fetching = open().fetch(object);
    await expect(fetching).rejects.toThrow(UnreadableObjectError);
    await expect(fetching).rejects.toThrow('the answer has no ETag');
  });

  test('an ETag that looks like an MD5 and is none is no reason to doubt the checksum of S3', async () => {
    const etag = 'a'.repeat(32);
    s3.store.put(Bucket, 'random.mp3', content, { etag });
    const object = await listed('random.mp3');
    faulty.next(withChecksum('crc32', base64OfCrc32(content)));
    expect(await open().fetch(object)).toEqual(content);
    faulty.next(...always(withChecksum('crc32', `${base64OfCrc32(content)}-2`)));
    await expect(open().fetch(object)).rejects.toThrow(UnreadableObjectError);
  });

  test('a weak ETag that looks like an MD5 and is none promises no bytes', async () => {
    const etag = 'b'.repeat(32);
    s3.store.put(Bucket, 'weak.mp3', content, { etag });
    const object = await listed('weak.mp3');
    faulty.next({ kind: 'changed', headers: { etag: `W/"${etag}"` } });
    expect(await open().fetch(object)).toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test.each<[string, Record<string, string>]>([
    ['Last-Modified in ISO form', { 'last-modified': '2026-01-02T03:04:05Z' }],
    ['Last-Modified with an offset', { 'last-modified': 'Fri, 02 Jan 2026 03:04:05 +0000' }],
    ['a date of object lock', { 'x-amz-object-lock-retain-until-date': 'soon' }],
  ])('a header that nothing rests on may have any form: %s', async (_, headers) => {
    expect(await fetchDespite([{ kind: 'changed', headers }])).toEqual(content);
    expect(faulty.requests).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['400 InvalidArgument', s3Error(400, 'InvalidArgument')],
    ['501 NotImplemented', s3Error(501, 'NotImplemented')],
    ['501', answer('', 501)],
  ])(
    'a server that answers %s to a request for checksums is asked without, from then on',
    async (_, fault) => {
      const object = await listed('hello.mp3');
      const bucket = open();
      faulty.next(fault);
      expect(await bucket.fetch(object)).toEqual(content);
      expect(await bucket.fetch(object)).toEqual(content);
      const modes = faulty.requests.map(({ headers }) => headers['x-amz-checksum-mode']);
      expect(modes).toEqual(['ENABLED', undefined, undefined]);
    },
  );

  test('one object that is refused is no reason to do without checksums', async () => {
    const object = await listed('hello.mp3');
    const bucket = open();
    faulty.next(s3Error(400, 'InvalidRequest'), s3Error(400, 'InvalidRequest'));
    await expect(bucket.fetch(object)).rejects.toThrow(UnreadableObjectError);
    expect(await bucket.fetch(object)).toEqual(content);
    expect(faulty.requests.at(-1)?.headers).toHaveProperty('x-amz-checksum-mode');
  });

  test('an error that is longer than the object is that error', async () => {
    await put('tiny.mp3', Buffer.from('ID3'));
    const object = await listed('tiny.mp3');
    faulty.next(s3Error(403, 'AccessDenied'));
    await expect(open().fetch(object)).rejects.toThrow('S3 answered 403 AccessDenied');
  });

  test('a body that breaks off is not told as a server that is out of reach', async () => {
    await expect(fetchDespite(always(CUT_IN_BODY))).rejects.toThrow(
      /broke off: .* after \d+ of 18000 bytes/,
    );
  });
});

describe('an error of S3', () => {
  test.each<[string, Settings, string]>([
    ['a wrong secret', { secretAccessKey: 'not the secret' }, '403 SignatureDoesNotMatch'],
    ['a bucket that does not exist', { bucket: 'nowhere' }, '404 NoSuchBucket. Check S3_BUCKET'],
    ['another region', { region: 'eu-west-1' }, 'AuthorizationHeaderMalformed. Check S3_REGION'],
  ])('that comes from %s ends the call at once', async (_, settings, message) => {
    await expect(open(settings).list()).rejects.toThrow(message);
    expect(faulty.requests).toHaveLength(1);
  });

  test.each<[string, Fault[]]>([
    ['another account', [s3Error(403, 'AccessDenied')]],
    ['a customer key that encrypts it', always(s3Error(400, 'InvalidRequest'))],
    ['a disabled KMS key', [s3Error(400, 'KMS.DisabledException')]],
    ['a missing version', [s3Error(404, 'NoSuchVersion')]],
    ['a broken disk', always(s3Error(500, 'InternalError'))],
    ['bytes that do not match its MD5', always(CORRUPT)],
    ['a body of another length', always(SHORTENED)],
  ])('that comes from %s is about this object alone', async (_, faults) => {
    await expect(fetchDespite(faults)).rejects.toThrow(UnreadableObjectError);
  });

  test.each<[string, Fault[]]>([
    ['401', [s3Error(401, 'Unauthorized')]],
    ['an unknown access key', [s3Error(403, 'InvalidAccessKeyId')]],
    ['a wrong secret', [s3Error(403, 'SignatureDoesNotMatch')]],
    ['a wrong clock', [s3Error(403, 'RequestTimeTooSkewed')]],
    ['an expired token', [s3Error(400, 'ExpiredToken')]],
    ['a disabled account', [s3Error(403, 'AllAccessDisabled')]],
    ['a bucket that is gone', [s3Error(404, 'NoSuchBucket')]],
    ['another region', [s3Error(301, 'PermanentRedirect')]],
    ['overload', always(s3Error(503, 'SlowDown'))],
    ['broken connections', always(RESET)],
  ])('that comes from %s is about all objects', async (_, faults) => {
    const thrown = await fetchDespite(faults).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(S3Error);
    expect(thrown).not.toBeInstanceOf(UnreadableObjectError);
  });

  test.each<[string, Fault, string]>([
    [
      'a page of HTML',
      answer('<html><body>no<br></body></html>', 403),
      'The answer was 403 without',
    ],
    ['no body', answer('', 401), 'The answer was 401 without'],
    ['a redirect', answer('', 302), 'The answer was 302 without'],
    ['a hostile code', s3Error(400, 'see my &lt;b&gt;key&lt;/b&gt;'), 'The answer was 400 without'],
    ['a wrong clock', s3Error(403, 'RequestTimeTooSkewed'), 'more than 15 minutes'],
    ['a disabled account', s3Error(403, 'AllAccessDisabled'), 'the account is disabled'],
    [
      'the region of the bucket',
      s3Error(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-1' }),
      'Check S3_REGION: the bucket is in eu-west-1.',
    ],
  ])('with %s says what came back, and what to do', async (_, fault, message) => {
    faulty.next(...always(fault));
    const listing = await open().list().catch(String);
    expect(listing).toContain(message);
    expect(listing).not.toMatch(/<|&|reached/);
  });

  test('with a disabled KMS key names the key', async () => {
    await expect(fetchDespite(always(s3Error(400, 'KMS.DisabledException')))).rejects.toThrow(
      'S3 answered 400 KMS.DisabledException. Check the KMS key',
    );
  });

  test('a gateway that answers with HTML is asked again', async () => {
    faulty.next(answer('<html><hr></html>', 502));
    expect(await open().list()).not.toEqual([]);
  });

  test('the first byte of a page of HTML is not read from the object', async () => {
    const object = await listed('hello.mp3');
    faulty.next(...always(answer('<html></html>')));
    await expect(open().readFirstByte(object)).rejects.toThrow(
      'The answer was 200 without an ETag',
    );
  });

  test('without credentials is not told as a server that is out of reach', async () => {
    const role: CredentialSource = {
      kind: 'role',
      roleArn: 'arn:aws:iam::123456789012:role/prompts',
      externalId: undefined,
      keys: s3.credentials,
      region: s3.region,
      endpoint: faulty.endpoint,
    };
    faulty.always(answer('<html></html>'));
    const listing = await open({ credentials: role }).list().catch(String);
    expect(listing).toContain(
      'Listing bucket prompts: there are no credentials to sign with. Asking STS for arn:aws:iam',
    );
    expect(listing).not.toContain('reached');
  });

  test('names the permission and where it is given, and holds neither a secret nor the message of S3', async () => {
    faulty.next(s3Error(403, 'AccessDenied'));
    const listing = await open().list().catch(String);
    expect(listing).toContain(
      'Allow s3:ListBucket on the bucket, in the policy of the access key and in the bucket policy.',
    );
    const object = await listed('hello.mp3');
    faulty.next(s3Error(403, 'AccessDenied'));
    const fetching = await open().fetch(object).catch(String);
    expect(fetching).toContain('hello.mp3');
    expect(fetching).toContain(
      'Allow s3:GetObject on the key, in the policy of the access key and in',
    );
    expect(fetching).toContain('kms:Decrypt');
    const wrong = await open({ secretAccessKey: 'not the secret' }).list().catch(String);
    for (const message of [listing, fetching, wrong]) {
      expect(message).not.toMatch(/not the secret|we calculated/);
      expect(message).not.toContain(S3_ERROR_MESSAGE);
      expect(message).not.toContain(s3.credentials.secretAccessKey);
    }
  });
});

const LAST = '<IsTruncated>false</IsTruncated>';

/** One page of a listing, as S3 answers it. */
function page(keys: readonly string[], more = LAST): Fault {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>`,
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${contents.join('')}${more}</ListBucketResult>`;
  return { kind: 'reply', status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** Answers with a good status to a request for a listing. */
const NO_LISTINGS: readonly [string, Fault][] = [
  [
    'HTML',
    answer('<!DOCTYPE html><html><head><title>Log in</title></head><body>a<br>b</body></html>'),
  ],
  ['HTML that is XML', answer('<html><head><title>Log in</title></head><body>Hello</body></html>')],
  ['nothing', answer('')],
  ['nothing, with status 204', answer('', 204)],
  ['JSON', answer('{"IsTruncated":false}')],
  ['another list', answer('<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>')],
  ['a list of versions', answer(`<ListVersionsResult>${LAST}</ListVersionsResult>`)],
  [
    'a list that does not say whether it is the last',
    answer('<ListBucketResult></ListBucketResult>'),
  ],
  [
    'a list that says it in no known word',
    answer('<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>'),
  ],
  ['more than a page can be', answer('<'.repeat(S3_PAGE_BYTES + 1))],
  ['half of a list', answer('<ListBucketResult><IsTruncated>false</IsTruncated><Conten')],
];

const truncated = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

describe('list', () => {
  test('objects are described, without the folders that consoles make', async () => {
    await put('folder/', Buffer.alloc(0), 'odd');
    await put('folder/a.mp3', content, 'odd');
    const [object, ...others] = await open({ bucket: 'odd', prefix: 'folder/' }).list();
    expect(others).toEqual([]);
    expect(object).toEqual({
      key: 'folder/a.mp3',
      etag: `"${createHash('md5').update(content).digest('hex')}"`,
      size: content.length,
      lastModified: expect.any(Date),
      storageClass: 'STANDARD',
    });
  });

  test('objects with any name are listed and read', async () => {
    // Keys that end so are the folders of consoles.
    const keys = [...HOSTILE_KEYS, ...DOT_SEGMENT_KEYS].filter((key) => !key.endsWith('/'));
    for (const key of keys) await put(key, Buffer.from(key), 'odd');
    const bucket = open({ bucket: 'odd' });
    const found = new Map((await bucket.list()).map((object) => [object.key, object]));
    for (const key of keys) {
      const object = found.get(key);
      expect(object && (await bucket.fetch(object)).toString()).toBe(key);
    }
  });

  test('a key with characters that XML forbids or changes is read as S3 writes it', async () => {
    const written = [
      '&#x1;&#0;&#xFFFF;&#31;',
      '\u0001\u007f\u0085\u2028',
      '&#xd;&#xA;&#9;',
      '&amp;#x1;',
    ];
    faulty.next(page(written.map((key, at) => `${at}${key}`)));
    expect((await open().list()).map(({ key }) => key)).toEqual([
      '0\u0001\0\uffff\u001f',
      '1\u0001\u007f\u0085\u2028',
      '2\r\n\t',
      '3&#x1;',
    ]);
  });

  test('an empty bucket has an empty listing', async () => {
    expect(await open({ bucket: 'empty' }).list()).toEqual([]);
  });

  test('a listing of several pages is read page by page', async () => {
    faulty.next(page(['a', 'b'], truncated('t1')), page([], truncated('t2')), page(['c']));
    expect((await open().list()).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(faulty.requests.map(({ path }) => /continuation-token=\w+/.exec(path)?.[0])).toEqual([
      undefined,
      'continuation-token=t1',
      'continuation-token=t2',
    ]);
  });

  test('a listing is asked for with a slash after the bucket, as of a folder', async () => {
    expect(await open({ bucket: 'empty' }).list()).toEqual([]);
    expect(faulty.requests[0]?.path).toMatch(/^\/empty\/\?/);
  });

  test('a page that fails is tried again', async () => {
    faulty.next(page(['a'], truncated('t1')), RESET, CUT_IN_BODY, page(['b']));
    expect(await open().list()).toHaveLength(2);
  });

  test.each<[string, Fault[]]>([
    ['says that there is more, but not where', [page(['a'], '<IsTruncated>true</IsTruncated>')]],
    ['turns in a circle', [page(['a'], truncated('t')), page(['b'], truncated('t'))]],
    [
      'gives a page again, with another token',
      [page(['a'], truncated('t')), page(['a'], truncated('u'))],
    ],
    ['refuses a later page', [page(['a'], truncated('t')), s3Error(403, 'AccessDenied')]],
    ['leaves out an ETag', [page(['a'], `${LAST}<Contents><Key>b</Key><Size>1</Size></Contents>`)]],
    [
      'gives an empty ETag',
      [page([], `${LAST}<Contents><Key>b</Key><ETag>""</ETag><Size>1</Size></Contents>`)],
    ],
    [
      'gives a size that is no number',
      [page([], `${LAST}<Contents><Key>b</Key><ETag>e</ETag><Size>big</Size></Contents>`)],
    ],
    ['announces more keys than it lists', [page(['a'], `${LAST}<KeyCount>2</KeyCount>`)]],
    ['breaks down', [page(['a'], truncated('t')), ...always(s3Error(500, 'InternalError'))]],
  ])('an incomplete listing is an error when S3 %s', async (_, faults) => {
    faulty.next(...faults);
    await expect(open().list()).rejects.toThrow(S3Error);
  });

  test.each(NO_LISTINGS)('%s is no listing, and no second page of one', async (_, fault) => {
    faulty.next(...always(fault));
    await expect(open().list()).rejects.toThrow(S3Error);
    expect(faulty.requests).toHaveLength(S3_ATTEMPTS);
    faulty.next(page(['a'], truncated('t')), ...always(fault));
    const listing = await open().list().catch(String);
    expect(listing).toMatch(
      /^S3Error: Listing bucket prompts: The answer was 20\d .*, which is not S3's: check S3_ENDPOINT/,
    );
    expect(listing).not.toContain('Log in');
  });

  test('an answer that is no listing is asked for again', async () => {
    faulty.next(page(['a'], truncated('t')), answer('<html></html>'), page(['b']));
    expect(await open().list()).toHaveLength(2);
  });

  test('a listing without KeyCount and Name is one: some servers leave them out', async () => {
    faulty.next(
      answer(
        `\uFEFF\r\n<?xml version="1.0"?>\n<?xml-stylesheet href="a"?><ListBucketResult>${LAST}</ListBucketResult>`,
      ),
    );
    expect(await open().list()).toEqual([]);
  });

  test('an error with status 200 is that error', async () => {
    faulty.next(...always(answer('<Error><Code>SlowDown</Code></Error>')));
    await expect(open().list()).rejects.toThrow('S3 answered 503 SlowDown');
  });

  test('a key outside the prefix is an error: nobody asked for it to be published', async () => {
    faulty.next(page(['prompts/a.mp3', 'private/b.mp3']));
    await expect(open({ prefix: 'prompts/' }).list()).rejects.toThrow(
      'S3 listed private/b.mp3, which is not under the prefix prompts/',
    );
  });

  test.each(['e', '"e"', 'W/"e"', '&quot;e&quot;', ' "e" '])(
    'the ETag %s of a listing is the strong one',
    async (etag) => {
      const contents = `<Contents><Key>a</Key><LastModified>2026-01-02T03:04:05Z</LastModified><ETag>${etag}</ETag><Size>1</Size></Contents>`;
      faulty.next(page([], LAST + contents));
      expect(await open().list()).toMatchObject([{ etag: '"e"' }]);
    },
  );

  test.each([
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.000+09:00', '2026-01-01T18:04:05.000Z'],
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000Z'],
    ['Fri, 02 Jan 2026 03:04:05 GMT', '2026-01-02T03:04:05.000Z'],
    ['Fri, 02 Jan 2026 03:04:05 +0000', '2026-01-02T03:04:05.000Z'],
  ])('the date %s of a listing is read', async (date, iso) => {
    const contents = `<Contents><Key>a</Key><LastModified>${date}</LastModified><ETag>e</ETag><Size>1</Size></Contents>`;
    faulty.next(page([], LAST + contents));
    expect(await open().list()).toMatchObject([{ lastModified: new Date(iso) }]);
  });

  test('an object whose date cannot be read counts as old, and the log says so', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const contents = `<Contents><Key>a</Key><LastModified>yesterday</LastModified><ETag>e</ETag><Size>1</Size></Contents>`;
    faulty.next(page([], LAST + contents));
    expect(await open().list()).toMatchObject([{ key: 'a', lastModified: new Date(0) }]);
    expect(warn.mock.calls.join()).toContain('S3 gives no date that can be read, for a');
    warn.mockRestore();
  });

  test.each(['RegionOne', 'GRA', 'zg_public', 'eu.1'])(
    'the region %s of another server is the word that the request is signed for',
    async (region) => {
      faulty.next(page(['a']));
      expect(await open({ region }).list()).toHaveLength(1);
      const [request] = faulty.requests;
      expect(request?.headers.authorization).toContain(`/${region}/s3/aws4_request`);
    },
  );

  test('the address is that of the configuration, whatever this machine sets for AWS', async () => {
    const names = ['AWS_ENDPOINT_URL_S3', 'AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'];
    for (const name of names) process.env[name] = name.endsWith('S3') ? 'http://0.0.0.0' : 'true';
    try {
      expect(await open({ bucket: 'empty' }).list()).toEqual([]);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });
});

function base64OfCrc32(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}
