import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signProxyQuery } from '../../src/proxy/signed-url';
import { type FaultServer, startFaultServer } from '../helpers/fault-server';
import {
  appended,
  appendedToHeaders,
  FORGED_REQUESTS,
  TWILIO_PARAMETERS,
} from '../helpers/proxy/appended';
import { captureLog, startTestProxy, type TestProxy } from '../helpers/proxy/harness';
import { type DeployedProxy, deployProxy } from '../helpers/proxy/runtime';
import { startTestS3, type TestS3 } from '../helpers/s3/server';
import { SLOW_RUNS } from '../helpers/sigv4/arbitraries';

const KEY = "prompts/it's new (1)+.mp3";
const BODY = randomBytes(3000);
const TIMEOUT = 600_000;
const runs = { numRuns: SLOW_RUNS };

let s3: TestS3;
let counted: FaultServer;
let deployed: DeployedProxy;
let ours = '';

captureLog();

beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put(KEY, BODY, { ContentType: 'audio/mpeg' });
  counted = await startFaultServer(s3.endpoint);
  deployed = await deployProxy({ ...s3.variables, S3_ENDPOINT: counted.endpoint });
  ours = queryFor(KEY);
}, 60_000);

afterAll(async () => {
  await deployed.close();
  await counted.close();
  await s3.stop();
}, 60_000);

function queryFor(key: string, authToken = deployed.authToken): string {
  return signProxyQuery({ authToken, bucket: s3.bucket }, key, new Date());
}

describe("parameters that somebody appended, in Twilio's runtime,", () => {
  it(
    'change neither status nor bytes',
    async () => {
      const property = fc.asyncProperty(appended, async (others) => {
        const { status, headers, body } = await deployed.get(`${ours}&${others}`);
        expect([status, headers['content-type'], body.equals(BODY)]).toEqual([
          200,
          'audio/mpeg',
          true,
        ]);
      });
      await fc.assert(property, {
        ...runs,
        examples: [TWILIO_PARAMETERS, '', '&&&', ...FORGED_REQUESTS].map((each) => [each]),
      });
    },
    TIMEOUT,
  );

  it(
    'change nothing when they stand in front of ours',
    async () => {
      const property = fc.asyncProperty(appended, async (others) => {
        // The runtime reads 1,000 parameters.
        const few = others.split('&').slice(0, 900).join('&');
        const { status, body } = await deployed.get(`${few}&${ours}`);
        expect([status, body.equals(BODY)]).toEqual([200, true]);
      });
      await fc.assert(property, runs);
    },
    TIMEOUT,
  );

  it(
    'change nothing of a response to a Range',
    async () => {
      const property = fc.asyncProperty(appendedToHeaders, async (others) => {
        const answer = await deployed.get(`${ours}&${others}`, { range: 'bytes=1-9' });
        expect([answer.status, answer.body]).toEqual([206, BODY.subarray(1, 10)]);
      });
      await fc.assert(property, runs);
    },
    TIMEOUT,
  );

  it('do not matter even when they fill the URL', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => `p${index}`)
      .join('&')
      .slice(0, 15_000);
    expect((await deployed.get(`${ours}&${many}`)).status).toBe(200);
  });
});

describe('parameters that somebody appended, in any form that a runtime may give them,', () => {
  it(
    'change neither status nor bytes, and neither do 10,000 of them',
    async () => {
      const proxy = startTestProxy(
        s3.config({ S3_ENDPOINT: counted.endpoint, AUDIO_CACHE_MB: '0' }),
      );
      const asked = counted.requests.length;
      const name = fc
        .string({ maxLength: 20 })
        .filter((each) => !['key', 'exp', 'sig'].includes(each));
      const property = fc.asyncProperty(fc.dictionary(name, fc.anything()), async (others) => {
        const { status, body } = await proxy.serve({ ...others, ...proxy.parameters(KEY) });
        expect([status, body.equals(BODY)]).toEqual([200, true]);
      });
      await fc.assert(property, runs);
      expect(counted.requests.length - asked).toBeGreaterThanOrEqual(SLOW_RUNS);
      const many = Object.fromEntries(
        Array.from({ length: 10_000 }, (_, index) => [`p${index}`, 'x']),
      );
      expect((await proxy.get(KEY, { parameters: many })).status).toBe(200);
      proxy.close();
    },
    TIMEOUT,
  );
});

/** One of our parameters replaced, removed, repeated, or spelled in another way. */
const tampered = fc
  .record({
    name: fc.constantFrom('key', 'exp', 'sig'),
    how: fc.constantFrom('replaced', 'changed', 'removed', 'repeated', 'bracketed', 'upper case'),
    text: fc.string({ maxLength: 80, unit: 'grapheme' }),
    at: fc.nat(200),
  })
  .map(({ name, how, text, at }) => (query: string) => {
    const value = new URLSearchParams(query).get(name) ?? '';
    const pair = (each: string) => `${name}=${encodeURIComponent(each)}`;
    const [before, rest = ''] = query.split(`${name}=`);
    const after = rest.includes('&') ? rest.slice(rest.indexOf('&')) : '';
    const letter = value[at % value.length];
    const spelled: Record<typeof how, string> = {
      replaced: pair(text === value ? `${text}.` : text),
      changed: pair(
        value.slice(0, at % value.length) +
          (letter === '0' ? '1' : '0') +
          value.slice((at % value.length) + 1),
      ),
      removed: '',
      repeated: `${pair(value)}&${pair(value)}`,
      bracketed: `${name}[]=${encodeURIComponent(value)}`,
      'upper case': `${name.toUpperCase()}=${encodeURIComponent(value)}`,
    };
    return `${before}${spelled[how]}${after}`;
  });

describe('a URL whose parameters we did not sign', () => {
  it(
    'is answered 403 without asking S3',
    async () => {
      const asked = counted.requests.length;
      const property = fc.asyncProperty(tampered, appended, async (tamper, others) => {
        const { status, body } = await deployed.get(`${tamper(ours)}&${others}`);
        expect([status, body.toString()]).toEqual([
          403,
          'This audio URL is not valid or has expired.',
        ]);
      });
      await fc.assert(property, runs);
      expect(counted.requests.length).toBe(asked);
    },
    TIMEOUT,
  );

  it.each([
    ['of another account', () => queryFor(KEY, 'another token')],
    [
      'that has expired',
      () =>
        signProxyQuery(
          { authToken: deployed.authToken, bucket: s3.bucket },
          KEY,
          new Date('2020-01-01'),
        ),
    ],
    [
      'of another bucket',
      () => signProxyQuery({ authToken: deployed.authToken, bucket: 'another' }, KEY, new Date()),
    ],
    ['with dot segments', () => queryFor('prompts/../secret.mp3')],
    ['of no key', () => queryFor('')],
    ['without parameters', () => ''],
  ])('%s is answered 403 without a request to S3', async (_, query) => {
    const asked = counted.requests.length;
    expect((await deployed.get(query())).status).toBe(403);
    expect(counted.requests.length).toBe(asked);
  });

  it('gets nothing outside S3_PREFIX', async () => {
    const proxy: TestProxy = startTestProxy(s3.config({ S3_PREFIX: 'public/' }));
    expect((await proxy.get(KEY)).status).toBe(403);
    proxy.close();
  });

  it('gets nothing when AUTH_TOKEN is not set', async () => {
    const proxy = startTestProxy(s3.config({ AUTH_TOKEN: '' }));
    expect((await proxy.get(KEY)).status).toBe(403);
    proxy.close();
  });

  it('is named tampered or incomplete in the log, without its key', async () => {
    const proxy = startTestProxy(s3.config());
    const sound = proxy.parameters(KEY);
    const message = async (event: Record<string, unknown>) => (await proxy.serve(event)).line;
    expect(await message({ ...sound, sig: 'x' })).toMatchObject({
      level: 'warn',
      message: 'tampered',
    });
    expect(await message({ ...sound, sig: 'x' })).not.toHaveProperty('key');
    expect(await message({ ...sound, exp: undefined })).toMatchObject({
      message: 'key, exp or sig is missing or repeated',
    });
    proxy.close();
  });
});

describe('the log of the deployed proxy', () => {
  it('has one line for a request, without signature and phone numbers', async () => {
    const key = 'prompts/named in the log.mp3';
    const lines = () =>
      deployed
        .output()
        .split('\n')
        .filter((line) => line.includes(key));
    await deployed.get(`${queryFor(key)}&${TWILIO_PARAMETERS}`);
    await deployed.logged(key);
    expect(lines()).toHaveLength(1);
    expect(deployed.output()).not.toContain(new URLSearchParams(ours).get('sig'));
    expect(deployed.output()).not.toMatch(/15550100|15550101|AWS4-HMAC|wJalr/);
  });
});
