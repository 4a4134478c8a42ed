import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { configure } from '../../cli/configure';
import { runVerb, type Variables, writeVariables } from '../helpers/cli/commands';
import type { FaultServer } from '../helpers/fault-server';
import { startFaultServer } from '../helpers/fault-server';
import { startTestS3, type TestS3 } from '../helpers/s3/server';
import { ACCOUNT_SID, type Api, AUTH_TOKEN, start } from '../helpers/sandbox/twilio-harness';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startTestS3();
  await s3.put('prompts/a.mp3', Buffer.from('ID3 audio'));
});
afterAll(() => s3.stop());

const opened: FaultServer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));

const SECRET = '0123456789abcdef0123456789abcdef';

/** A deployment that has these variables, and is live. */
async function deployment(variables: Variables) {
  const api = await start();
  const service = await api.service('twilio-s3-play');
  const environment = await api.environment(service);
  const { version } = await api.asset(service, { path: '/a.mp3' });
  await api.deploy(service, environment, [version]);
  for (const [Key, Value] of Object.entries(variables)) {
    await api.post(`/Services/${service}/Environments/${environment}/Variables`, { Key, Value });
  }
  return { api, variables: () => variablesOf(api) };
}

function variablesOf({ twilio }: Api): Record<string, string> {
  const [service] = twilio.state.services.values();
  const [environment] = service?.environments.values() ?? [];
  const all = environment?.variables.values() ?? [];
  return Object.fromEntries([...all].map(({ key, value }) => [key, value]));
}

async function run(api: { readonly url: string }, file: Variables, ...args: readonly string[]) {
  const account = { ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL: api.url };
  const written = writeVariables({ ...s3.variables, ...account, ...file });
  try {
    return await runVerb(configure, ['--env', written.file, ...args]);
  } finally {
    written.remove();
  }
}

describe('npm run configure', () => {
  it('gives the deployment the variables of the file, and shows their names alone', async () => {
    const { api, variables } = await deployment({
      S3_BUCKET: 'old-bucket',
      S3_PREFIX: 'old/',
      GREETING: 'of their own',
    });
    const { code, out, err } = await run(api, { ADMIN_SECRET: SECRET, OPERATOR_NUMBER: '' });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/twil\.io has the variables of .*\.\n {2}set: .*\bS3_BUCKET, /);
    expect(out).toMatch(/\n {2}removed: S3_PREFIX\n$/);
    expect(out).not.toContain(SECRET);
    const { AUTH_TOKEN: _, ...bucket } = s3.variables;
    expect(variables()).toEqual({
      ...bucket,
      ADMIN_SECRET: SECRET,
      TWILIO_API_URL: api.url,
      GREETING: 'of their own',
    });
  });

  it('has nothing to do the second time', async () => {
    const { api } = await deployment({});
    await run(api, {});
    expect(await run(api, {})).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing to do: /),
    });
  });

  it('changes nothing where S3 refuses the new access key', async () => {
    const { api, variables } = await deployment({ S3_BUCKET: 'old-bucket' });
    const { code, err } = await run(api, { S3_ACCESS_KEY: 'AKIAUNKNOWN:secret' });
    expect(code).toBe(1);
    expect(err).toContain('InvalidAccessKeyId');
    expect(variables()).toEqual({ S3_BUCKET: 'old-bucket' });
  });

  it('says that S3 lists nothing under a prefix with a typing mistake', async () => {
    const { api, variables } = await deployment({ S3_BUCKET: 'old-bucket' });
    const { code, err } = await run(api, { S3_PREFIX: 'promts/' });
    expect(code).toBe(0);
    expect(err).toMatch(
      /^S3 lists no object in bucket \S+ under promts\/\. Check S3_BUCKET and S3_P/,
    );
    expect(variables()).toMatchObject({ S3_PREFIX: 'promts/' });
  });

  it.each([
    ['an unusable variable', { S3_REGION: '' }, [], 'S3_REGION is not set'],
    ['one that a deployment would ignore', { ADMIN_SECRET: 'short' }, [], 'ADMIN_SECRET is short'],
    ['one that is too long', { OTHER: 'x'.repeat(451) }, [], 'OTHER (451)'],
    ['no such environment', {}, ['--environment', 'nowhere'], 'no environment "nowhere"'],
  ])('changes nothing for %s', async (_, file, args, problem) => {
    const { api, variables } = await deployment({ S3_BUCKET: 'old-bucket' });
    const { code, err } = await run(api, file, ...args);
    expect(code).toBe(2);
    expect(err).toContain(problem);
    expect(variables()).toEqual({ S3_BUCKET: 'old-bucket' });
  });

  it('says which variables may be as they were, if Twilio refuses one', async () => {
    const { api } = await deployment({});
    const server = await startFaultServer(api.url, {
      choose: ({ method }) =>
        method === 'POST'
          ? {
              kind: 'reply',
              status: 403,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ code: 20403, message: 'No', status: 403 }),
            }
          : undefined,
    });
    opened.push(server);
    const { code, err } = await run({ url: server.endpoint }, { ADMIN_SECRET: SECRET });
    expect(code).toBe(1);
    expect(err).toMatch(/^These variables may be as they were: .*ADMIN_SECRET.* Run it again\.\n/);
    expect(err).toContain('Twilio answered 403');
    expect(err).not.toContain(SECRET);
  });
});
