import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROXY_BYTES } from '../../src/limits';
import { signProxyQuery } from '../../src/proxy/signed-url';
import { crcs } from '../../src/s3/crc';
import { startCognito, type TestCognito } from '../helpers/credentials/cognito';
import { type FaultServer, startFaultServer } from '../helpers/fault-server';
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

async function withDeployed<T>(
  variables: Readonly<Record<string, string>>,
  use: (proxy: DeployedProxy) => Promise<T>,
  options: { readonly privateFunctions?: readonly string[] } = {},
): Promise<T> {
  const proxy = await deployProxy(variables, options);
  try {
    return await use(proxy);
  } finally {
    await proxy.close();
  }
}

/** Requests a key by a signed URL. */
const get = (proxy: DeployedProxy, key = KEY, headers: Record<string, string> = {}) =>
  proxy.get(
    signProxyQuery({ authToken: proxy.authToken, bucket: s3.bucket }, key, new Date()),
    headers,
  );

describe("the proxy in Twilio's runtime", () => {
  let proxy: DeployedProxy;

  beforeAll(async () => {
    proxy = await deployProxy(s3.variables);
  }, 60_000);

  afterAll(() => proxy.close());

  it('sends whole objects, parts and 304s', async () => {
    const whole = await get(proxy);
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

    const part = await get(proxy, KEY, { range: 'bytes=10-19' });
    expect([part.status, part.body]).toEqual([206, BODY.subarray(10, 20)]);
    expect(part.headers).toMatchObject({
      'content-range': 'bytes 10-19/3000',
      'content-length': '10',
    });
    expect((await get(proxy, KEY, { 'if-none-match': etag ?? '' })).status).toBe(304);
    expect((await get(proxy, KEY, { range: 'bytes=3000-' })).status).toBe(416);
  });

  it('sends the largest object that it accepts', async () => {
    const { status, body } = await get(proxy, 'prompts/limit.mp3');
    expect([status, body.length]).toEqual([200, PROXY_BYTES]);
  });

  it('names missing variables in the log, and not to the caller', async () => {
    await withDeployed({ ...s3.variables, S3_BUCKET: '' }, async (unusable) => {
      const { status, body } = await get(unusable);
      expect([status, body.toString()]).toEqual([500, 'The audio could not be fetched.']);
      await unusable.logged('S3_BUCKET is not set');
    });
  }, 60_000);
});

describe('an object in the runtime that only its CRC-64 verifies', () => {
  let server: FaultServer;
  const send = (checksum: string) =>
    server.always({
      kind: 'changed',
      headers: { etag: `"${'0'.repeat(32)}-2"`, 'x-amz-checksum-crc64nvme': checksum },
    });
  const deploy = (use: (proxy: DeployedProxy) => Promise<void>, privateFunctions: string[]) =>
    withDeployed({ ...s3.variables, S3_ENDPOINT: server.endpoint }, use, { privateFunctions });

  beforeAll(async () => {
    server = await startFaultServer(s3.endpoint);
  });

  afterAll(() => server.close());

  it('is compared by the private Function', async () => {
    await deploy(
      async (proxy) => {
        send(await crcs.crc64nvme(Buffer.from('other bytes')));
        expect((await get(proxy)).status).toBe(502);
        await proxy.logged("do not match S3's x-amz-checksum-crc64nvme");
        send(await crcs.crc64nvme(BODY));
        const { status, body } = await get(proxy);
        expect([status, body.equals(BODY)]).toEqual([200, true]);
        expect(proxy.output()).not.toContain('"verified":false');
      },
      ['crc'],
    );
  }, 60_000);

  it('is served without that, and the log says what to deploy', async () => {
    await deploy(async (proxy) => {
      send(await crcs.crc64nvme(BODY));
      expect((await get(proxy)).status).toBe(200);
      await proxy.logged('Loading the private Function crc: it is not in this Build.');
      await proxy.logged('"verified":false');
    }, []);
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
      S3_CREDENTIALS_ENDPOINT: cognito.faults.endpoint,
    };
  });

  afterAll(() => cognito.close());

  it('are fetched once, by the private Function, and sent to S3', async () => {
    const use = async (proxy: DeployedProxy) => {
      for (let request = 0; request < 2; request++) expect((await get(proxy)).status).toBe(502);
      await proxy.logged('S3 answered 4');
      expect(cognito.faults.requests.length).toBe(1);
    };
    await withDeployed(variables, use, { privateFunctions: ['credentials'] });
  }, 60_000);

  it('need the private Function to be deployed', async () => {
    await withDeployed(variables, async (proxy) => {
      expect((await get(proxy)).status).toBe(502);
      await proxy.logged('Run npm run build, and deploy the whole project again.');
    });
  }, 60_000);
});
