import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../src/config';
import type { FakeClock } from '../helpers/clock';
import { cognitoError, startCognito, type TestCognito } from '../helpers/credentials/cognito';
import type { Fault } from '../helpers/fault-server';
import { captureLog, startTestProxy, type TestProxy, testClock } from '../helpers/proxy/harness';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(3000);
const GUEST = 'us-east-1:11111111-2222-3333-4444-555555555555';

let s3: TestS3;
let cognito: TestCognito;
let clock: FakeClock;
let proxy: TestProxy;
/** The same bucket, with the credentials of a Cognito identity. */
let asGuest: Config;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put(KEY, BODY);
  const issue = () => Promise.reject(new Error('It issues nothing here.'));
  cognito = await startCognito(new Map([[GUEST, { issue }]]));
  asGuest = s3.config({
    S3_ACCESS_KEY_ID: '',
    S3_SECRET_ACCESS_KEY: '',
    S3_COGNITO_IDENTITY_ID: GUEST,
    S3_CREDENTIALS_ENDPOINT: cognito.faults.endpoint,
  });
});

beforeEach(() => {
  proxy?.close();
  clock = testClock();
  proxy = startTestProxy(s3.config(), { clock, revalidationTimeoutMs: 1000, timeoutMs: 2000 });
});

afterAll(async () => {
  proxy.close();
  await cognito.close();
  await s3.stop();
});

describe.each<[string, Fault, RegExp]>([
  ['refuses', cognitoError('NotAuthorizedException'), /NotAuthorizedException/],
  ['says nothing', { kind: 'stall', afterBytes: 0 }, /none had come after \d{1,4} ms/],
])('while Cognito %s', (_, fault, message) => {
  beforeEach(() => {
    cognito.faults.always(fault);
  });

  it('a cached object is served stale', async () => {
    await proxy.get(KEY);
    clock.forward(61);
    const { status, body, line } = await proxy.get(KEY, { config: asGuest });
    expect([status, body.equals(BODY)]).toEqual([200, true]);
    expect(line).toMatchObject({ level: 'warn', cache: 'stale', tries: 0 });
  });

  it('an object that is not cached is answered 502 within the deadline', async () => {
    const { status, line } = await proxy.get(KEY, { config: asGuest });
    expect(status).toBe(502);
    expect(line).toMatchObject({
      level: 'error',
      tries: 0,
      message: expect.stringMatching(message),
    });
  });
});
