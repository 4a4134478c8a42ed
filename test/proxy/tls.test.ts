import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Certificates, throwawayCertificates } from '../../sandbox/rehearsal/certificates';
import { createConnections } from '../../src/s3/request';
import { type FaultServer, startFaultServer } from '../helpers/fault-server';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { lookupLoopback } from '../helpers/proxy/lookup';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(100_000);
let certificates: Certificates;

let s3: TestS3;
let faulty: FaultServer;
let proxy: TestProxy;

captureLog();

const start = (ca: string | undefined) =>
  startTestProxy(s3.config({ S3_ENDPOINT: faulty.endpoint, AUDIO_CACHE_MB: '0' }), {
    connections: createConnections({ lookup: lookupLoopback, ca }),
    attempts: 2,
  });

beforeAll(async () => {
  certificates = await throwawayCertificates(['s3.localhost'], new Date());
  s3 = await startTestS3();
  await s3.put(KEY, BODY);
  const { key, certificate: cert } = certificates;
  faulty = await startFaultServer(s3.endpoint, { tls: { key, cert } });
  proxy = start(certificates.authority);
});

afterAll(async () => {
  proxy.close();
  await faulty.close();
  await s3.stop();
});

describe('S3 over TLS', () => {
  it('is reached over one connection', async () => {
    const before = faulty.connections();
    for (let request = 0; request < 3; request++) {
      expect((await proxy.get(KEY)).body.equals(BODY)).toBe(true);
    }
    expect(faulty.connections() - before).toBe(1);
  });

  it('is reached over a new connection after it closed an idle one', async () => {
    await proxy.get(KEY);
    faulty.next({ kind: 'cut', afterBytes: 0 });
    const { status, line } = await proxy.get(KEY);
    expect([status, line.tries]).toEqual([200, 2]);
  });

  it('is not trusted without a certificate for its name', async () => {
    const stranger = start(undefined);
    const { status, line } = await stranger.get(KEY);
    expect(status).toBe(503);
    expect(line.message).toContain('certificate');
    stranger.close();
  });
});
