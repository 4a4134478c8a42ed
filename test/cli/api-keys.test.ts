import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { callCommand } from '../../cli/call';
import { doctor } from '../../cli/doctor';
import { number } from '../../cli/number';
import { sync } from '../../cli/sync';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { startTestS3, type TestS3 } from '../helpers/s3/server';
import { ACCOUNT_SID, type Api, HANDLER, start } from '../helpers/sandbox/twilio-harness';

const API_KEY = `SK${'0'.repeat(32)}`;
const API_SECRET = randomBytes(16).toString('hex');

let s3: TestS3;
beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put('prompts/a.mp3', Buffer.from('ID3 audio'));
});
afterAll(() => s3.stop());

const files: { remove: () => void }[] = [];
afterEach(() => {
  for (const file of files.splice(0)) file.remove();
});

/** An account with a deployment, and a file with an API key of it in place of the token. */
async function accountWithKey(secret = API_SECRET): Promise<{ api: Api; env: string }> {
  const api = await start({ apiKeys: { [API_KEY]: API_SECRET } });
  const service = await api.service('twilio-s3-play');
  const { version } = await api.function(service, { path: '/voice', content: '' });
  const BuildSid = await api.build(service, { FunctionVersions: version, Dependencies: HANDLER });
  const environment = await api.environment(service);
  await api.post(`/Services/${service}/Environments/${environment}/Deployments`, { BuildSid });
  const { AUTH_TOKEN: _, ...bucket } = s3.variables;
  const written = writeVariables({
    ACCOUNT_SID,
    API_KEY,
    API_SECRET: secret,
    TWILIO_API_URL: api.url,
    ...bucket,
  });
  files.push(written);
  return { api, env: written.file };
}

describe('with an API key in place of the auth token', () => {
  it('number routes a number to the deployment', async () => {
    const { api, env } = await accountWithKey();
    const { code, err } = await runVerb(number, ['--phone', '+815012345678', '--env', env]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [changed] = api.twilio.state.phoneNumbers.values();
    expect(changed?.voiceUrl).toMatch(/\/voice(#|$)/);
  });

  it('sync compares the bucket with what is live', async () => {
    const { env } = await accountWithKey();
    const { code, out, err } = await runVerb(sync, ['--dry-run', '--env', env]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('1 prompt');
  });

  it('doctor says that it is a key', async () => {
    const { env } = await accountWithKey();
    const { out } = await runVerb(doctor, ['--json', '--env', env]);
    const [account] = out.split('\n').filter((line) => line.includes('"Twilio account"'));
    expect(JSON.parse(account ?? '')).toEqual({
      check: 'Twilio account',
      status: 'ok',
      message: `${ACCOUNT_SID} by an API key`,
    });
  });

  it('a wrong secret is told from a wrong token, and not shown', async () => {
    const wrong = randomBytes(16).toString('hex');
    const { env } = await accountWithKey(wrong);
    const { code, err } = await runVerb(number, ['--env', env]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /Twilio answered 401 .* Check ACCOUNT_SID and AUTH_TOKEN, or API_KEY and API_SECRET/,
    );
    expect(err).not.toContain(wrong);
  });

  it('call says that it needs the token to sign, and calls nobody', async () => {
    const { env } = await accountWithKey();
    const refuse = async () => {
      throw new Error('somebody was called');
    };
    const { code, err } = await runVerb(callCommand(refuse), ['--env', env]);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'AUTH_TOKEN is not set: a call signs its requests with it, as Twilio does, which an API key cannot. Set it in .env.\n',
    });
  });
});
