import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { nameProxyForTwilio } from '../../cli/run-command';
import { listen } from '../../sandbox/listen';
import { type Internet, startInternet } from '../../sandbox/rehearsal/internet';
import { type SampleBucket, startSampleBucket } from '../../sandbox/sample-bucket';
import { createTwilio, type Twilio } from '../../sandbox/twilio';
import { writeVariables } from '../helpers/cli/commands';
import { FakeClock } from '../helpers/clock';
import { resultOfProgram, startProgram } from '../helpers/program';
import { ACCOUNT_SID, Api, AUTH_TOKEN, HANDLER } from '../helpers/sandbox/twilio-harness';
import { forwardTo } from '../helpers/sync/wire';

const S3_HOST = 's3.example.test';

let sample: SampleBucket;
let internet: Internet;
let folder: string;
let env: { readonly file: string; readonly remove: () => void };
beforeAll(async () => {
  sample = await startSampleBucket();
  const twilio = createTwilio({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, buildMs: 0 });
  await deployBuild(twilio);
  internet = await startInternet({
    [S3_HOST]: forwardTo(sample.s3.endpoint),
    'api.twilio.com': twilio.listener,
    'serverless.twilio.com': twilio.listener,
  });
  folder = mkdtempSync(join(tmpdir(), 'proxies-test-'));
  writeFileSync(join(folder, 'authority.pem'), internet.authority);
  env = writeVariables({
    ...sample.variables,
    S3_ENDPOINT: `https://${S3_HOST}`,
    ACCOUNT_SID,
    AUTH_TOKEN,
  });
});
afterAll(async () => {
  await Promise.all([internet.close(), sample.s3.stop()]);
  rmSync(folder, { recursive: true });
  env.remove();
});

/** Deploys a Build, as a first deploy does. */
async function deployBuild(twilio: Twilio): Promise<void> {
  const server = await listen(twilio.listener);
  const api = new Api(server.url, twilio, new FakeClock({}));
  const service = await api.service('twilio-s3-play');
  const content = 'exports.handler = (context, event, callback) => callback();';
  const { version } = await api.function(service, { path: '/voice', content });
  const BuildSid = await api.build(service, { FunctionVersions: version, Dependencies: HANDLER });
  const environment = await api.environment(service);
  await api.post(`/Services/${service}/Environments/${environment}/Deployments`, { BuildSid });
  await server.close();
}

/** Runs a verb that reaches nothing but this machine without the proxy of these variables. */
const run = (verb: string, args: readonly string[], variables: Readonly<Record<string, string>>) =>
  resultOfProgram(
    startProgram(`cli/${verb}.ts`, ['--env', env.file, ...args], {
      NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
      ...variables,
    }),
  );

describe('a command behind a proxy', () => {
  it('reaches Twilio', async () => {
    const { code, out, err } = await run('number', [], { https_proxy: internet.proxyUrl });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('+815012345678');
  });

  it('reaches S3', async () => {
    const { code, err } = await run('sync', ['--dry-run'], { HTTPS_PROXY: internet.proxyUrl });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('looks at both', async () => {
    const variables = { HTTPS_PROXY: internet.proxyUrl };
    const { out } = await run('doctor', ['--json'], variables);
    const lines = out
      .split('\n')
      .slice(0, -2)
      .map((line) => JSON.parse(line));
    const statusOf = (name: string) => lines.find(({ check }) => check === name)?.status;
    const names = ['clock', 'ListBucket', 'presigned URL', 'signed header', 'Twilio account'];
    expect(names.map(statusOf)).toEqual(names.map(() => 'ok'));
    // There is no number that leads to the deployment.
    expect(statusOf('number')).toBe('warn');
  });

  it('reaches both where the proxy is named without a scheme', async () => {
    const HTTPS_PROXY = internet.proxyUrl.replace('http://', '');
    const { code, err } = await run('sync', ['--dry-run'], { HTTPS_PROXY });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('a command whose proxy has no address', () => {
  it('names the variables and ends with 2', async () => {
    const { code, err } = await run('sync', [], { HTTPS_PROXY: 'http://user:secret@[proxy' });
    expect(code).toBe(2);
    expect(err).toMatch(/^HTTPS_PROXY or HTTP_PROXY is not the address of a proxy, .*\n$/);
    expect(err).not.toContain('secret');
  });
});

describe('a command whose TWILIO_CA_BUNDLE cannot be read', () => {
  it('names the variable and ends with 2', async () => {
    const { code, err } = await run('sync', [], { TWILIO_CA_BUNDLE: join(folder, 'none.pem') });
    expect(code).toBe(2);
    expect(err).toMatch(/^TWILIO_CA_BUNDLE is a file that cannot be read \(ENOENT.*\): .*\n$/);
  });
});

describe('the proxy of the twilio library, which reads HTTP_PROXY alone', () => {
  const PROXY = 'http://proxy.example.test:3128';
  const { env: own } = process;
  afterEach(() => {
    process.env = own;
  });

  it.each<[Readonly<Record<string, string>>, string | undefined]>([
    [{ HTTPS_PROXY: PROXY }, PROXY],
    [{ https_proxy: PROXY, HTTP_PROXY: 'http://other.example.test' }, PROXY],
    [{ HTTP_PROXY: PROXY }, PROXY],
    [{ HTTPS_PROXY: 'proxy.example.test:3128' }, PROXY],
    [{ HTTPS_PROXY: 'https://proxy.example.test:3129' }, 'https://proxy.example.test:3129'],
    [{ HTTP_PROXY: PROXY, NO_PROXY: '.twilio.com' }, undefined],
    [{ HTTP_PROXY: PROXY, NO_PROXY: '*' }, undefined],
    [{}, undefined],
  ])('with %j is %s', (variables, proxy) => {
    process.env = { ...variables };
    nameProxyForTwilio();
    expect(process.env.HTTP_PROXY).toBe(proxy);
  });
});
