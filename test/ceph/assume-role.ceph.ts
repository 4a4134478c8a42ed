import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/clock';
import type { AssumedRole } from '../../src/credentials/credentials';
import { createCredentials } from '../../src/credentials/credentials';
import { fetchTemporaryCredentials } from '../../src/credentials/sts-and-cognito';
import { credentialsOf } from '../../src/credentials/with-aws-clients';
import { signProxyQuery } from '../../src/proxy/signed-url';
import { PromptBucket } from '../../src/s3/prompts';
import { startCognito, type TestCognito } from '../helpers/credentials/cognito';
import { type FaultServer, startFaultServer } from '../helpers/fault-server';
import { captureLog, startTestProxy, testClock } from '../helpers/proxy/harness';
import { deployProxy } from '../helpers/proxy/runtime';
import { startTestS3, type TestS3 } from '../helpers/s3/server';
import { presignedUrl } from '../helpers/sigv4/presign';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(3000);
/** scripts/ceph.sh makes it. It may read every bucket, and write none. */
const S3_ROLE_ARN = 'arn:aws:iam:::role/PromptsRole';

let s3: TestS3;
/** In front of STS: counts its requests. */
let sts: FaultServer;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put(KEY, BODY, { ContentType: 'audio/mpeg' });
  sts = await startFaultServer(s3.endpoint);
});

afterAll(async () => {
  await sts.close();
  await s3.stop();
});

const asRole = (changes: Record<string, string> = {}) => ({
  S3_ROLE_ARN,
  S3_CREDENTIALS_ENDPOINT: sts.endpoint,
  AUDIO_CACHE_MB: '0',
  ...changes,
});

function role(): AssumedRole {
  const { credentials } = s3.config(asRole()).s3;
  if (credentials.kind !== 'role') throw new Error('no role');
  return credentials;
}

describe('an assumed role', () => {
  test('the proxy serves an object, and asks STS once', async () => {
    const proxy = startTestProxy(s3.config(asRole()));
    const before = sts.requests.length;
    const served = await Promise.all([proxy.get(KEY), proxy.get(KEY), proxy.get(KEY)]);
    expect(served.map(({ status, body }) => [status, body.equals(BODY)])).toEqual(
      Array(3).fill([200, true]),
    );
    expect(sts.requests.length - before).toBe(1);
    proxy.close();
  });

  test('its credentials stay in use while STS fails, and are replaced after that', async () => {
    const clock = testClock();
    const loadProviders = () => import('../../src/credentials/sts-and-cognito');
    const credentials = createCredentials({ clock, loadProviders });
    const first = await credentials(role());
    clock.forward(56 * 60);
    sts.always({ kind: 's3 error', status: 503, code: 'ServiceUnavailable' });
    expect(await credentials(role())).toEqual(first);
    sts.next();
    clock.forward(60);
    expect(await credentials(role())).not.toEqual(first);
  });

  test('a URL that is presigned with its credentials is served', async () => {
    const credentials = await fetchTemporaryCredentials(role());
    const access = { ...s3.config().s3, credentials };
    const answer = await fetch(presignedUrl(access, KEY, new Date(), 60));
    expect(Buffer.from(await answer.arrayBuffer()).equals(BODY)).toBe(true);
  });

  test('the sync lists and reads', async () => {
    const { s3: config } = s3.config(asRole());
    const deadline = Date.now() + 20_000;
    const bucket = new PromptBucket(config, { clock: systemClock, deadline, credentialsOf });
    const [object] = await bucket.list();
    expect(object?.key).toBe(KEY);
    if (object) expect((await bucket.fetch(object)).equals(BODY)).toBe(true);
    bucket.close();
  });

  test.each([
    ['a role that does not exist', { S3_ROLE_ARN: 'arn:aws:iam:::role/NoSuchRole' }],
    ['a role of a key with another secret', { S3_SECRET_ACCESS_KEY: 'another' }],
  ])('%s answers 502, and the log says that STS was asked', async (_, changes) => {
    const proxy = startTestProxy(s3.config(asRole(changes)));
    const { status, line } = await proxy.get(KEY);
    expect(status).toBe(502);
    expect(line).toMatchObject({
      level: 'error',
      tries: 0,
      message: expect.stringMatching(/^Asking STS for arn:aws:iam/),
    });
    proxy.close();
  });

  test("the proxy serves an object in Twilio's runtime, where a private Function holds AWS's providers", async () => {
    const deployed = await deployProxy(
      { ...s3.variables, ...asRole() },
      { privateFunctions: ['credentials'] },
    );
    const query = signProxyQuery(
      { authToken: deployed.authToken, bucket: s3.bucket },
      KEY,
      new Date(),
    );
    const { status, body } = await deployed.get(query);
    expect([status, body.equals(BODY)]).toEqual([200, true]);
    expect(deployed.output()).not.toMatch(/sessionToken|Security-Token|ASIA/i);
    await deployed.close();
  }, 60_000);
});

describe('a Cognito identity', () => {
  const GUEST = 'us-east-1:11111111-2222-3333-4444-555555555555';
  let cognito: TestCognito;

  beforeAll(async () => {
    cognito = await startCognito(
      new Map([[GUEST, { issue: () => fetchTemporaryCredentials(role()) }]]),
    );
  });
  afterAll(() => cognito.close());

  test('the proxy serves an object without an access key', async () => {
    const config = s3.config({
      S3_ACCESS_KEY_ID: '',
      S3_SECRET_ACCESS_KEY: '',
      S3_COGNITO_IDENTITY_ID: GUEST,
      S3_CREDENTIALS_ENDPOINT: cognito.faults.endpoint,
      AUDIO_CACHE_MB: '0',
    });
    const proxy = startTestProxy(config);
    const served = [await proxy.get(KEY), await proxy.get(KEY)];
    expect(served.map(({ status, body }) => [status, body.equals(BODY)])).toEqual(
      Array(2).fill([200, true]),
    );
    expect(cognito.faults.requests.length).toBe(1);
    proxy.close();
  });
});
