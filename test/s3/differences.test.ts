import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/clock';
import { ChangedObjectError, PromptBucket } from '../../src/s3/prompts';
import { signHeaders } from '../../src/sigv4/sign';
import { accessTo } from '../helpers/s3/access';
import { ON_CEPH, startTestS3, type TestS3 } from '../helpers/s3/server';
import { presignedUrl } from '../helpers/sigv4/presign';

const KEY = 'prompt.mp3';
const BODY = Buffer.from('the words of a prompt');
let s3: TestS3;

beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put(KEY, BODY);
});
afterAll(() => s3.stop());

/** Sends a request that is signed in its header. */
async function send(
  path: string,
  {
    method = 'GET',
    query = '',
    headers = {},
    region = s3.region,
  }: {
    readonly method?: string;
    readonly query?: string;
    readonly headers?: Record<string, string>;
    readonly region?: string;
  } = {},
) {
  const { credentials } = await accessTo(s3.config().s3);
  const { host } = new URL(s3.endpoint);
  const request = { method, host, path: `/${s3.bucket}${path}`, query, headers };
  const signed = signHeaders(request, { credentials, region, now: new Date() });
  const url = `${s3.endpoint}${request.path}${query && `?${query}`}`;
  return read(await fetch(url, { method, headers: signed }));
}

/** The status, and code and message of an error. */
async function read(response: Response) {
  const body = await response.text();
  const element = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(body)?.[1];
  return { status: response.status, code: element('Code'), message: element('Message') ?? '' };
}

/** The expected value on the server that the tests run against; our code has to take both. */
const here = <T>(sandbox: T, ceph: T): T => (ON_CEPH ? ceph : sandbox);

describe("the sandbox's server and a Ceph gateway", () => {
  test("an error has a message only on the sandbox's server", async () => {
    const { status, code, message } = await send('/missing.mp3');
    expect([status, code]).toEqual([404, 'NoSuchKey']);
    expect(message !== '').toBe(here(true, false));
  });

  test('only the gateway takes a signature for another region', async () => {
    const { status, code } = await send(`/${KEY}`, { region: 'eu-west-1' });
    expect([status, code]).toEqual(here([400, 'AuthorizationHeaderMalformed'], [200, undefined]));
  });

  test('only the gateway takes a presigned URL that is not valid yet', async () => {
    const access = await accessTo(s3.config().s3);
    const future = new Date(Date.now() + 3_600_000);
    const { status, code } = await read(await fetch(presignedUrl(access, KEY, future, 60)));
    expect([status, code]).toEqual(here([403, 'AccessDenied'], [200, undefined]));
  });

  test('only the gateway has operations that no prompt needs', async () => {
    const { status } = await send(`/${KEY}`, { query: 'tagging=' });
    expect(status).toBe(here(501, 200));
  });

  test("only the sandbox's server sends an ETag with a 304", async () => {
    const { credentials } = await accessTo(s3.config().s3);
    const headers = { 'if-none-match': (await s3.put(KEY, BODY)) ?? '' };
    const request = {
      method: 'GET',
      host: new URL(s3.endpoint).host,
      path: `/${s3.bucket}/${KEY}`,
      headers,
    };
    const signed = signHeaders(request, { credentials, region: s3.region, now: new Date() });
    const response = await fetch(s3.endpoint + request.path, { headers: signed });
    expect([response.status, response.headers.has('etag')]).toEqual([304, here(true, false)]);
  });

  test('an appended parameter breaks a presigned URL on both', async () => {
    const access = await accessTo(s3.config().s3);
    const url = presignedUrl(access, KEY, new Date(), 60);
    expect((await read(await fetch(url))).status).toBe(200);
    const { status, code } = await read(await fetch(`${url}&CallSid=CA0`));
    expect([status, code]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('an object that was replaced since it was listed is not read on either', async () => {
    const { s3: config } = s3.config();
    const bucket = new PromptBucket(config, { clock: systemClock, deadline: Date.now() + 20_000 });
    const [listed] = await bucket.list();
    await s3.put(KEY, Buffer.from('other words, as many!'));
    if (!listed) throw new Error('The bucket is empty.');
    await expect(bucket.fetch(listed)).rejects.toThrow(ChangedObjectError);
    bucket.close();
  });
});
