import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as v from 'valibot';
import { respondToStatus } from '../../src/status/respond';
import { statusResponse } from '../../src/status/response';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const SECRET = 'a secret of more than thirty-two characters';
const HEBREW = 'prompts/שלום & co.mp3';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put(HEBREW, Buffer.from('ID3 audio'), { ContentType: 'audio/mpeg' });
  jest.spyOn(console, 'warn').mockImplementation(() => {});
});
afterAll(async () => {
  jest.restoreAllMocks();
  await s3.stop();
});

/** What the console is told of the bucket; Twilio is not asked. */
async function tell(changes: Readonly<Record<string, string>> = {}) {
  const context = {
    ...s3.variables,
    DOMAIN_NAME: 'name-1234-dev.twil.io',
    ADMIN_SECRET: SECRET,
    ...changes,
  };
  const headers = { authorization: `Bearer ${SECRET}` };
  const { status, body } = await respondToStatus(
    { context, headers },
    { flow: undefined, manifest: undefined },
  );
  expect(status).toBe(200);
  const text = JSON.stringify(body);
  expect(text).not.toContain(s3.variables.S3_SECRET_ACCESS_KEY);
  expect(text).not.toContain(s3.variables.S3_ACCESS_KEY_ID);
  return v.parse(statusResponse, JSON.parse(text));
}

describe('/status of a bucket on Ceph', () => {
  it('tells its objects', async () => {
    const { bucket, prompts } = await tell();
    expect(bucket).toEqual({ name: s3.bucket, prefix: '' });
    expect(prompts).toMatchObject([{ key: HEBREW, state: 'proxy', object: { bytes: 9 } }]);
  });

  it.each([
    [{ S3_SECRET_ACCESS_KEY: 'another' }, 'S3 answered 403 SignatureDoesNotMatch'],
    [{ S3_BUCKET: 'there-is-no-such-bucket' }, 'S3 answered 404 NoSuchBucket'],
  ])('says what is wrong with %j', async (changes, problem) => {
    expect((await tell(changes)).bucket.problem).toContain(problem);
  });
});
