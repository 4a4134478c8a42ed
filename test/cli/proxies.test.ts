import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '../../sandbox/listen';
import { type Internet, startInternet } from '../../sandbox/rehearsal/internet';
import { type SampleBucket, startSampleBucket } from '../../sandbox/sample-bucket';
import { createTwilio, type Twilio } from '../../sandbox/twilio';
import { writeVariables } from '../helpers/cli/commands';
import { FakeClock } from '../helpers/clock';
import { resultOfProgram, startProgram } from '../helpers/program';
import { ACCOUNT_SID, Api, AUTH_TOKEN } from '../helpers/sandbox/twilio-harness';
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
  const { version } = await api.asset(service, { path: '/greeting.txt' });
  await api.deploy(service, await api.environment(service), [version]);
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
  it.each(['https_proxy', 'HTTP_PROXY'])('reaches Twilio by %s', async (name) => {
    const { code, out, err } = await run('number', [], { [name]: internet.proxyUrl });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('+815012345678');
  });

  it('does not use it for the hosts of NO_PROXY', async () => {
    const { code, err } = await run('number', [], {
      HTTP_PROXY: internet.proxyUrl,
      NO_PROXY: '.twilio.com',
    });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
  });

  it('reaches S3', async () => {
    const { code, err } = await run('sync', ['--dry-run'], { HTTPS_PROXY: internet.proxyUrl });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});
