import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import { ENVIRONMENT, redirectToolkit } from '../../sandbox/deploy';
import { signProxyQuery } from '../../src/proxy/signed-url';
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

describe('while the access key is rotated', () => {
  it('no request of /audio fails, if id and secret change in one variable', async () => {
    const { S3_ACCESS_KEY_ID } = sandbox.variables;
    let old: string = S3_ACCESS_KEY_ID;
    // The first rotation leaves the two variables behind, the second begins with the one.
    for (const key of [newKey(1), newKey(2)]) {
      const statuses = await statusesDuring(async (settled) => {
        await sandbox.activateKey(key);
        await setVariable('S3_ACCESS_KEY', `${key.accessKeyId}:${key.secretAccessKey}`);
        // A request that began before the change may still be on its way to S3.
        await settled();
        await sandbox.deactivateKey(old);
      });
      expect([...statuses]).toEqual([200]);
      old = key.accessKeyId;
    }
    await sandbox.deactivateKey(old);
    expect(await statusOfAudio()).not.toBe(200);
    await sandbox.activateKey(newKey(2));
  });

  it('requests fail between id and secret, if these are two variables', async () => {
    const { accessKeyId, secretAccessKey } = newKey(3);
    await sandbox.activateKey({ accessKeyId, secretAccessKey });
    await setVariable('S3_ACCESS_KEY', '');
    await setVariable('S3_ACCESS_KEY_ID', accessKeyId);
    expect(await statusOfAudio()).toBe(502);
    await setVariable('S3_SECRET_ACCESS_KEY', secretAccessKey);
    expect(await statusOfAudio()).toBe(200);
  });
});
