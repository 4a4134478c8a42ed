import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../src/clock';
import type { S3Access } from '../../src/s3/address';
import { crcs } from '../../src/s3/crc';
import { getObject } from '../../src/s3/get-object';
import { createConnections } from '../../src/s3/request';
import { HOSTILE_KEYS } from '../helpers/hostile-keys';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { accessTo } from '../helpers/s3/access';
import { ON_CEPH, startTestS3, type TestS3 } from '../helpers/s3/server';
import { key as anyKey, SLOW_RUNS } from '../helpers/sigv4/arbitraries';
import { presignedUrl } from '../helpers/sigv4/presign';

const connections = createConnections();

let s3: TestS3;
let access: S3Access;
let proxy: TestProxy;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  access = await accessTo(s3.config().s3);
  proxy = startTestProxy(s3.config({ AUDIO_CACHE_MB: '0' }));
});

afterAll(async () => {
  proxy.close();
  connections.keepAlive['http:'].destroy();
  await s3.stop();
});

const get = (key: string) =>
  getObject(
    access,
    key,
    {},
    {
      clock: systemClock,
      deadline: Date.now() + 20_000,
      attempts: 1,
      idleTimeoutMs: 10_000,
      maxBytes: 4_000_000,
      connections,
      loadCrcs: () => crcs,
    },
  );

/** Sends the URL as it is: no URL parser in between. */
async function fetchRaw(url: string): Promise<{ status: number; body: Buffer }> {
  const [, hostname, port, path] = /^http:\/\/([^:/]+):(\d+)(\/.*)$/s.exec(url) ?? [];
  return new Promise((resolve, reject) => {
    http
      .get({ hostname, port, path, agent: connections.keepAlive['http:'] }, async (response) => {
        const body = Buffer.concat(await response.toArray());
        resolve({ status: response.statusCode ?? 0, body });
      })
      .on('error', reject);
  });
}

describe.each(HOSTILE_KEYS)('the key %j', (key) => {
  // The proxy serves what S3 says is audio, whatever the key's ending.
  const stored = async () => {
    const body = randomBytes(100);
    await s3.put(key, body, { ContentType: 'audio/mpeg' });
    return body;
  };

  test('is read with a signed header, byte for byte', async () => {
    const body = await stored();
    const answer = await get(key);
    expect([answer.status, answer.body]).toEqual([200, body]);
  });

  test('is read by a presigned URL', async () => {
    const body = await stored();
    const answer = await fetchRaw(presignedUrl(access, key, new Date(), 60));
    expect([answer.status, answer.body]).toEqual([200, body]);
  });

  test('is served by the proxy, whole and in part', async () => {
    const body = await stored();
    expect(await proxy.get(key)).toMatchObject({ status: 200, body });
    const part = await proxy.get(key, { headers: { range: 'bytes=10-19' } });
    expect(part).toMatchObject({ status: 206, body: body.subarray(10, 20) });
  });
});

describe('any key', () => {
  test('that S3 stores is read, byte for byte', async () => {
    // No server stores what its own database cannot name.
    const storable = anyKey.filter((key) => !ON_CEPH || !key.includes('\0'));
    const property = fc.asyncProperty(storable, async (key) => {
      const body = randomBytes(20);
      await s3.put(key, body);
      expect((await get(key)).body).toEqual(body);
    });
    await fc.assert(property, { numRuns: SLOW_RUNS });
  }, 600_000);
});
