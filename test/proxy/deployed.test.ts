import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROXY_BYTES } from '../../src/limits';
import { signProxyQuery } from '../../src/proxy/signed-url';
import { startCognito, type TestCognito } from '../helpers/credentials/cognito';
import { type DeployedProxy, deployProxy } from '../helpers/proxy/runtime';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(3000);
const GUEST = 'us-east-1:11111111-2222-3333-4444-555555555555';

let s3: TestS3;
let etag: string | undefined;

beforeAll(async () => {
  s3 = await startTestS3();
  etag = await s3.put(KEY, BODY, { ContentType: 'audio/mpeg' });
  await s3.put('prompts/limit.mp3', Buffer.alloc(PROXY_BYTES, 'sound'));
});

afterAll(() => s3.stop());

async function deployedWith<T>(
  deploy: () => Promise<DeployedProxy>,
  use: (proxy: DeployedProxy, query: (key: string) => string) => Promise<T>,
): Promise<T> {
  const proxy = await deploy();
  const { authToken } = proxy;
  try {
    return await use(proxy, (key) =>
      signProxyQuery({ authToken, bucket: s3.bucket }, key, new Date()),
    );
  } finally {
    await proxy.close();
  }
}

describe("the proxy in Twilio's runtime", () => {
  it('sends whole objects, parts and the news that nothing changed', async () => {
    await deployedWith(
      () => deployProxy(s3.variables),
      async (proxy, query) => {
        const get = (headers?: Record<string, string>) => proxy.get(query(KEY), headers);
        const whole = await get();
        expect([whole.status, whole.body.equals(BODY)]).toEqual([200, true]);
        expect(whole.headers).toMatchObject({
          'content-type': 'audio/mpeg',
          'content-length': '3000',
          'cache-control': 'max-age=60',
          'accept-ranges': 'bytes',
          'last-modified': expect.stringMatching(/GMT$/),
          etag,
        });
        expect(Object.keys(whole.headers).filter((name) => name.startsWith('x-amz'))).toEqual([]);

        const part = await get({ range: 'bytes=10-19' });
        expect([part.status, part.body]).toEqual([206, BODY.subarray(10, 20)]);
        expect(part.headers).toMatchObject({
          'content-range': 'bytes 10-19/3000',
          'content-length': '10',
        });
        expect((await get({ 'if-none-match': etag ?? '' })).status).toBe(304);
        expect((await get({ range: 'bytes=3000-' })).status).toBe(416);
      },
    );
  }, 60_000);

  it('sends the largest object that it takes', async () => {
    await deployedWith(
      () => deployProxy(s3.variables),
      async (proxy, query) => {
        const { status, body } = await proxy.get(query('prompts/limit.mp3'));
        expect([status, body.length]).toEqual([200, PROXY_BYTES]);
      },
    );
  }, 60_000);

  it('says which variables are missing to the log, and nothing to the caller', async () => {
    await deployedWith(
      () => deployProxy({ ...s3.variables, S3_BUCKET: '' }),
      async (proxy, query) => {
        const { status, body } = await proxy.get(query(KEY));
        expect([status, body.toString()]).toEqual([500, 'The audio could not be fetched.']);
        await proxy.logged('S3_BUCKET is not set');
      },
    );
  }, 60_000);
});

describe('temporary credentials in the runtime', () => {
  let cognito: TestCognito;
  let variables: Record<string, string>;

  beforeAll(async () => {
    const issue = async () => ({
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      sessionToken: 'of another account',
      expiration: new Date(Date.now() + 3_600_000),
    });
    cognito = await startCognito(new Map([[GUEST, { issue }]]));
    variables = {
      ...s3.variables,
      S3_ACCESS_KEY_ID: '',
      S3_SECRET_ACCESS_KEY: '',
      S3_COGNITO_IDENTITY_ID: GUEST,
      S3_CREDENTIALS_ENDPOINT: cognito.endpoint,
    };
  });

  afterAll(() => cognito.close());

  it('are asked for once, by the private Function, and sent to S3', async () => {
    await deployedWith(
      () => deployProxy(variables, { withCredentials: true }),
      async (proxy, query) => {
        for (let request = 0; request < 2; request++) {
          expect((await proxy.get(query(KEY))).status).toBe(502);
        }
        await proxy.logged('S3 answered 4');
        expect(cognito.asked()).toBe(1);
      },
    );
  }, 60_000);

  it('are missed where the private Function was not deployed', async () => {
    await deployedWith(
      () => deployProxy(variables),
      async (proxy, query) => {
        expect((await proxy.get(query(KEY))).status).toBe(502);
        await proxy.logged('Deploy the whole project again');
      },
    );
  }, 60_000);
});
