import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import { configure } from '../../cli/configure';
import { ENVIRONMENT, redirectToolkit } from '../../sandbox/deploy';
import type { S3Credentials } from '../../sandbox/s3/signature';
import { signProxyQuery } from '../../src/proxy/signed-url';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  // Each request of /audio is to ask S3.
  await setVariable('AUDIO_CACHE_MB', '0');
});
afterAll(() => sandbox.stop());

/** What `npx twilio-run env set` does, by the toolkit's own client. */
async function setVariable(key: string, value: string): Promise<void> {
  const { ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken, TWILIO_API_URL } = sandbox.variables;
  const account = { username: accountSid, password: authToken };
  const client = new TwilioServerlessApiClient(account);
  redirectToolkit(client, { apiOrigin: TWILIO_API_URL, accountSid, authToken });
  await client.setEnvironmentVariables({
    ...account,
    serviceName: 'twilio-s3-play',
    environment: ENVIRONMENT,
    env: { [key]: value },
    append: true,
  });
}

async function statusOfAudio(): Promise<number> {
  const { AUTH_TOKEN: authToken, S3_BUCKET: bucket } = sandbox.variables;
  const query = signProxyQuery({ authToken, bucket }, 'prompts/welcome.mp3', new Date());
  const response = await fetch(`${sandbox.publicOrigin}/audio?${query}`);
  await response.arrayBuffer();
  return response.status;
}

/**
 * Requests /audio one after another while something is done; returns all statuses.
 *
 * @param act may wait until the requests that have begun are over
 */
async function statusesDuring(
  act: (settled: () => Promise<unknown>) => Promise<void>,
): Promise<Set<number>> {
  const statuses = new Set<number>();
  let isDone = false;
  let latest = statusOfAudio();
  const acting = act(() => latest).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    statuses.add(await latest);
    latest = statusOfAudio();
  }
  await acting;
  return statuses.add(await latest);
}

const newKey = (n: number) => ({
  accessKeyId: `AKIA${n}EXAMPLE`,
  secretAccessKey: `secret of key ${n}`.replaceAll(' ', '-'),
});

/** Runs `npm run configure` with the sandbox's variables and these. */
async function configureWith(changes: Readonly<Record<string, string>>): Promise<void> {
  const { file, remove } = writeVariables({
    ...sandbox.variables,
    AUDIO_CACHE_MB: '0',
    ...changes,
  });
  try {
    const { code, err } = await runVerb(configure, ['--env', file]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  } finally {
    remove();
  }
}

const inOne = ({ accessKeyId, secretAccessKey }: S3Credentials) => ({
  S3_ACCESS_KEY: `${accessKeyId}:${secretAccessKey}`,
  S3_ACCESS_KEY_ID: '',
  S3_SECRET_ACCESS_KEY: '',
});
const inTwo = ({ accessKeyId, secretAccessKey }: S3Credentials) => ({
  S3_ACCESS_KEY_ID: accessKeyId,
  S3_SECRET_ACCESS_KEY: secretAccessKey,
});

// Each test goes on where the one before it ended: the key is that of the sandbox, then 1, 2, 3, 4.
describe('while the access key is rotated', () => {
  let old: string;
  beforeAll(() => {
    old = sandbox.variables.S3_ACCESS_KEY_ID;
  });

  it.each([
    ['from two variables to two', 1, inTwo],
    ['from two variables to one', 2, inOne],
    ['from one variable to one', 3, inOne],
    ['from one variable to two', 4, inTwo],
  ])('by npm run configure, %s, no request of /audio fails', async (_, n, variablesOf) => {
    const key = newKey(n);
    const statuses = await statusesDuring(async (settled) => {
      await sandbox.activateKey(key);
      await configureWith(variablesOf(key));
      // A request that began before the change may still be on its way to S3.
      await settled();
      await sandbox.deactivateKey(old);
    });
    expect([...statuses]).toEqual([200]);
    old = key.accessKeyId;
  });

  it('requests fail between id and secret, if these are set one by one', async () => {
    const { accessKeyId, secretAccessKey } = newKey(5);
    await sandbox.activateKey({ accessKeyId, secretAccessKey });
    await setVariable('S3_ACCESS_KEY_ID', accessKeyId);
    expect(await statusOfAudio()).toBe(502);
    await setVariable('S3_SECRET_ACCESS_KEY', secretAccessKey);
    expect(await statusOfAudio()).toBe(200);
  });
});
