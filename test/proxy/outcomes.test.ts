import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../src/clock';
import { PROXY_BYTES } from '../../src/limits';
import type { AudioProxyOptions } from '../../src/proxy/proxy';
import { createConnections } from '../../src/s3/request';
import { type Fault, type FaultServer, startFaultServer } from '../helpers/fault-server';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { startTestS3, type TestS3 } from '../helpers/s3/server';
import { SLOW_RUNS } from '../helpers/sigv4/arbitraries';

const KEY = 'prompts/welcome.mp3';
const BODY = randomBytes(3000);
const ATTEMPTS = 3;
/** For a test in which every attempt times out. */
const SHORTEST_MS = 100;
/** For a test in which one attempt times out and another one does not. */
const SHORT_MS = 400;
/** For a test in which nothing may time out: a busy machine stops for seconds. */
const LONG_MS = 10_000;

let s3: TestS3;
let faulty: FaultServer;
let proxy: TestProxy;

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  faulty = await startFaultServer(s3.endpoint);
  await s3.put(KEY, BODY, { ContentType: 'audio/mpeg' });
});

beforeEach(() => {
  faulty.next();
  faulty.requests.length = 0;
  start({ idleTimeoutMs: LONG_MS });
});

afterAll(async () => {
  proxy.close();
  await faulty.close();
  await s3.stop();
});

function start(options: Partial<AudioProxyOptions>): void {
  proxy?.close();
  proxy = startTestProxy(s3.config({ S3_ENDPOINT: faulty.endpoint, AUDIO_CACHE_MB: '0' }), {
    // No backoff: it would only take time.
    clock: { ...systemClock, random: () => 0 },
    timeoutMs: 2 * LONG_MS,
    attempts: ATTEMPTS,
    ...options,
  });
}

const refusal = (status: number, code: string, headers = {}): Fault => ({
  kind: 's3 error',
  status,
  code,
  headers,
});
const DENIAL: Fault = { kind: 's3 error', status: 403, code: 'AccessDenied' };
const HEAD_BYTES = 50;
const BODY_BYTES = 1500;
/** Faults that only a time-out ends. */
const TIMED_OUT: [string, Fault][] = [
  ['answers too late', { kind: 'latency', ms: 10 * SHORT_MS }],
  ['stops in its headers', { kind: 'stall', afterBytes: HEAD_BYTES }],
  ['stops in the body', { kind: 'stall', afterBytes: BODY_BYTES }],
  ['never comes to the end of its headers', { kind: 'endless headers', everyMs: 20 }],
];

describe('when S3 once', () => {
  it.each<[string, Fault, number]>([
    ['answers', { kind: 'none' }, 1],
    ['answers late, but in time', { kind: 'latency', ms: 30 }, 1],
    ['hangs up', { kind: 'reset', afterBytes: 0 }, 2],
    ['hangs up in its headers', { kind: 'reset', afterBytes: HEAD_BYTES }, 2],
    ['hangs up in the body', { kind: 'reset', afterBytes: BODY_BYTES }, 2],
    ['ends in order, but without an answer', { kind: 'cut', afterBytes: 0 }, 2],
    ['ends in order, but in the body', { kind: 'cut', afterBytes: BODY_BYTES }, 2],
    ['sends more headers than anybody reads', { kind: 'flood of headers' }, 2],
    ['does not say how long the body is', { kind: 'no length' }, 2],
    ['is overloaded', refusal(503, 'SlowDown'), 2],
    ['has a fault', refusal(500, 'InternalError'), 2],
  ])('%s, the whole audio is served', async (_, fault, tries) => {
    faulty.next(fault);
    const served = await proxy.get(KEY);
    expect(served.status).toBe(200);
    expect(served.body.equals(BODY)).toBe(true);
    expect(served.line.tries).toBe(tries);
  });

  it.each(TIMED_OUT)('%s, the whole audio is served after a time-out', async (_, fault) => {
    start({ idleTimeoutMs: SHORT_MS });
    faulty.next(fault);
    const served = await proxy.get(KEY);
    expect([served.status, served.body.equals(BODY)]).toEqual([200, true]);
    expect(served.line.tries).toBe(2);
  });

  it('is slow with its headers and slow again with the body, each has its own time-out', async () => {
    const patient = startTestProxy(s3.config({ S3_ENDPOINT: faulty.endpoint }), {
      idleTimeoutMs: 2000,
    });
    faulty.next({ kind: 'late body', headersMs: 1100, bodyMs: 1100 });
    expect(await patient.get(KEY)).toMatchObject({ status: 200, line: { tries: 1 } });
    patient.close();
  });
});

describe('when S3 always', () => {
  it.each<[string, number, Fault, number]>([
    ['hangs up', 503, { kind: 'reset', afterBytes: 0 }, ATTEMPTS],
    ['hangs up in its headers', 503, { kind: 'reset', afterBytes: HEAD_BYTES }, ATTEMPTS],
    ['hangs up in the body', 503, { kind: 'reset', afterBytes: BODY_BYTES }, ATTEMPTS],
    ['ends in order, but in the body', 503, { kind: 'cut', afterBytes: BODY_BYTES }, ATTEMPTS],
    ['sends more headers than anybody reads', 503, { kind: 'flood of headers' }, ATTEMPTS],
    ['does not say how long the body is', 503, { kind: 'no length' }, ATTEMPTS],
    ['is overloaded', 503, refusal(503, 'SlowDown'), ATTEMPTS],
    ['has a fault', 503, refusal(500, 'InternalError'), ATTEMPTS],
    ['limits requests', 503, refusal(429, 'TooManyRequests'), ATTEMPTS],
    ['asks to come back later', 503, refusal(503, 'SlowDown', { 'retry-after': '30' }), 1],
    ['denies access', 502, refusal(403, 'AccessDenied'), 1],
    ['does not know the key id', 502, refusal(403, 'InvalidAccessKeyId'), 1],
    ['finds another signature', 502, refusal(403, 'SignatureDoesNotMatch'), 1],
    ['finds the clock wrong', 502, refusal(403, 'RequestTimeTooSkewed'), 1],
    ['finds the region wrong', 502, refusal(400, 'AuthorizationHeaderMalformed'), 1],
    ['is elsewhere', 502, refusal(301, 'PermanentRedirect'), 1],
    ['keeps the object in an archive', 502, refusal(403, 'InvalidObjectState'), 1],
    ['finds the credentials expired', 502, refusal(400, 'ExpiredToken'), 1],
    ['has no such bucket', 502, refusal(404, 'NoSuchBucket'), 1],
    ['has no such object', 404, refusal(404, 'NoSuchKey'), 1],
    ['denies access without end', 502, { ...DENIAL, endlessBytes: PROXY_BYTES }, 1],
  ])('%s, the proxy answers %i', async (_, status, fault, tries) => {
    faulty.always(fault);
    const served = await proxy.get(KEY);
    expect(served.status).toBe(status);
    expect(served.line).toMatchObject({ key: KEY, status, tries });
    expect(served.headers['Cache-Control']).toBe('no-store');
  });

  const isGivenUp = async (fault: Fault, tries: number) => {
    faulty.always(fault);
    const served = await proxy.get(KEY);
    expect(served).toMatchObject({ status: 504, line: { key: KEY, status: 504, tries } });
    expect(served.headers['Cache-Control']).toBe('no-store');
  };

  it.each(TIMED_OUT)('%s, the proxy answers 504', async (_, fault) => {
    start({ idleTimeoutMs: SHORTEST_MS });
    await isGivenUp(fault, ATTEMPTS);
  });

  it('sends byte by byte, the proxy answers 504', async () => {
    start({ idleTimeoutMs: LONG_MS, timeoutMs: 4 * SHORTEST_MS });
    await isGivenUp({ kind: 'drip', everyMs: 20 }, 1);
  });

  it('sends Retry-After, the proxy sends the same', async () => {
    faulty.always(refusal(503, 'SlowDown', { 'retry-after': '30' }));
    expect((await proxy.get(KEY)).headers['Retry-After']).toBe('30');
  });

  it('is overloaded, the proxy sends a Retry-After of one second', async () => {
    faulty.always(refusal(503, 'SlowDown'));
    expect((await proxy.get(KEY)).headers['Retry-After']).toBe('1');
  });

  it('cannot be connected to, the proxy answers 503', async () => {
    const closed = await startFaultServer(s3.endpoint);
    await closed.close();
    const lonely = startTestProxy(s3.config({ S3_ENDPOINT: closed.endpoint }), { attempts: 2 });
    const served = await lonely.get(KEY);
    expect(served.status).toBe(503);
    expect(served.line).toMatchObject({
      tries: 2,
      message: expect.stringMatching(/ECONNREFUSED.*S3_ENDPOINT/),
    });
    lonely.close();
  });
});

describe('a request without time left', () => {
  it('is answered 504 without a request to S3', async () => {
    const late = startTestProxy(s3.config({ S3_ENDPOINT: faulty.endpoint }), { timeoutMs: 0 });
    expect(await late.get(KEY)).toMatchObject({ status: 504, line: { tries: 0 } });
    late.close();
  });
});

describe('a body that is cut off', () => {
  it('is never served as a whole object, wherever the cut is', async () => {
    const whole = await proxy.get(KEY);
    const answerBytes = BODY.length + 1000;
    const cut = fc.record({
      kind: fc.constantFrom<'cut' | 'reset'>('cut', 'reset'),
      afterBytes: fc.integer({ min: 0, max: answerBytes }),
    });
    await fc.assert(
      fc.asyncProperty(cut, async (fault) => {
        faulty.always(fault);
        const { status, body } = await proxy.get(KEY);
        if (status === 200) expect(body.equals(whole.body)).toBe(true);
        else expect(status).toBe(503);
      }),
      { numRuns: Math.ceil(SLOW_RUNS / 2) },
    );
  }, 600_000);
});

describe('an idle connection that S3 closes when it is used again', () => {
  it('costs one more request over a new connection, and no wait', async () => {
    const once = startTestProxy(s3.config({ S3_ENDPOINT: faulty.endpoint, AUDIO_CACHE_MB: '0' }), {
      attempts: 1,
    });
    expect((await once.get(KEY)).status).toBe(200);
    faulty.next({ kind: 'reset', afterBytes: 0 });
    const served = await once.get(KEY);
    expect(served.status).toBe(200);
    expect(served.body.equals(BODY)).toBe(true);
    expect(served.line.tries).toBe(2);
    once.close();
  });

  it('is not tried a third time', async () => {
    const once = startTestProxy(s3.config({ S3_ENDPOINT: faulty.endpoint, AUDIO_CACHE_MB: '0' }), {
      attempts: 1,
    });
    await once.get(KEY);
    faulty.always({ kind: 'reset', afterBytes: 0 });
    const served = await once.get(KEY);
    expect(served.status).toBe(503);
    expect(served.line.tries).toBe(2);
    once.close();
  });
});

describe('connections', () => {
  it('are shared by requests that follow each other', async () => {
    const before = faulty.connections();
    for (let request = 0; request < 5; request++) await proxy.get(KEY);
    expect(faulty.connections() - before).toBe(1);
  });

  it('are not reused for another attempt, which may then reach another server', async () => {
    faulty.next(refusal(503, 'SlowDown'));
    const before = faulty.connections();
    expect((await proxy.get(KEY)).line.tries).toBe(2);
    expect(faulty.connections() - before).toBe(2);
  });

  it('go to IPv6 addresses', async () => {
    const connections = createConnections();
    const { port } = new URL(faulty.endpoint);
    const asked: unknown[] = [];
    // Not every machine has IPv6: the server listens elsewhere.
    connections.keepAlive['http:'].createConnection = ({ host }) => {
      asked.push(host);
      return connect(Number(port), '127.0.0.1');
    };
    const other = startTestProxy(s3.config({ S3_ENDPOINT: `http://[::1]:${port}` }), {
      connections,
    });
    expect((await other.get(KEY)).status).toBe(200);
    expect(asked).toEqual(['::1']);
    other.close();
  });

  it('are opened for concurrent requests, and kept for the next ones', async () => {
    const before = faulty.connections();
    const burst = () => Promise.all(Array.from({ length: 10 }, () => proxy.get(KEY)));
    const served = [...(await burst()), ...(await burst())];
    expect(served.every(({ body }) => body.equals(BODY))).toBe(true);
    expect(faulty.connections() - before).toBe(10);
  });
});

describe('the log', () => {
  it.each<[string, Fault]>([
    ['broke off', { kind: 'cut', afterBytes: BODY_BYTES }],
    ['stalled', { kind: 'stall', afterBytes: BODY_BYTES }],
  ])("has S3's id of a request whose response %s in the body", async (_, fault) => {
    start({ idleTimeoutMs: SHORT_MS, attempts: 1 });
    faulty.always(fault);
    expect((await proxy.get(KEY)).line.requestId).toMatch(/./);
  });

  it('says only the code when S3 gives an unknown one', async () => {
    faulty.always(refusal(403, 'constructor'));
    expect((await proxy.get(KEY)).line.message).toBe('S3 answered 403 constructor.');
  });

  it('says what to check, and repeats nothing of S3’s text', async () => {
    faulty.always(refusal(403, 'AccessDenied'));
    const { line, body } = await proxy.get(KEY);
    expect(line.level).toBe('error');
    expect(line.requestId).toBe('4442587FB7D0A2F9');
    expect(line.message).toContain('s3:GetObject');
    expect(`${JSON.stringify(line)} ${body}`).not.toMatch(/AKIA|Secrets|Signature/);
  });

  it.each([
    ['SignatureDoesNotMatch', 403, {}, 'S3_SECRET_ACCESS_KEY'],
    ['InvalidAccessKeyId', 403, {}, 'S3_ACCESS_KEY_ID'],
    ['RequestTimeTooSkewed', 403, {}, 'clock'],
    ['NoSuchBucket', 404, {}, 'S3_BUCKET'],
    ['InvalidObjectState', 403, {}, 'archived'],
    [
      'PermanentRedirect',
      301,
      { 'x-amz-bucket-region': 'eu-west-1' },
      'S3_REGION: the bucket is in eu-west-1',
    ],
    ['AuthorizationHeaderMalformed', 400, {}, 'S3_REGION'],
  ])('names for %s what to check', async (code, status, headers, advice) => {
    faulty.always(refusal(status, code, headers));
    expect((await proxy.get(KEY)).line.message).toContain(advice);
  });
});
