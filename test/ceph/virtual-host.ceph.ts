import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConnections } from '../../src/s3/request';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { lookupLoopback } from '../helpers/proxy/lookup';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

let s3: TestS3;
let proxy: TestProxy;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  const { port } = new URL(s3.endpoint);
  const { s3: location, ...rest } = s3.config({
    S3_ADDRESSING_STYLE: 'virtual',
    AUDIO_CACHE_MB: '0',
  });
  const endpoint = `http://s3.localhost:${port}`;
  proxy = startTestProxy(
    { ...rest, s3: { ...location, endpoint } },
    {
      connections: createConnections({ lookup: lookupLoopback }),
    },
  );
});

afterAll(async () => {
  proxy.close();
  await s3.stop();
});

test.each(['prompts/welcome.mp3', "prompts/it's new (1)+.mp3", '営業 時間.mp3', '/a//b.mp3'])(
  'the object %j is served with the bucket in the host name',
  async (key) => {
    const body = randomBytes(100);
    await s3.put(key, body);
    expect(await proxy.get(key)).toMatchObject({ status: 200, body });
  },
);
