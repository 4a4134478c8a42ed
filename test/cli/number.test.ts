import { afterEach, describe, expect, it } from '@jest/globals';
import type { CommandContext } from '../../cli/command-context';
import { number as numberCommand } from '../../cli/number';
import { addPhoneNumber, type PhoneNumber } from '../../sandbox/twilio/phone-numbers';
import { withOverrides } from '../../src/webhook-url';
import { runVerb, type Variables, writeVariables } from '../helpers/cli/commands';
import { type Fault, startFaultServer } from '../helpers/fault-server';
import { ACCOUNT_SID, type Api, AUTH_TOKEN, start } from '../helpers/sandbox/twilio-harness';

const PHONE = '+815012345678';
const DOMAIN = 'clinic-1234-dev.twil.io';

const files: { remove: () => void }[] = [];
afterEach(() => {
  for (const file of files.splice(0)) file.remove();
});

function writeEnv(variables: Variables): string {
  const written = writeVariables(variables);
  files.push(written);
  return written.file;
}

/** An account with a deployment of this project, and a file with its variables. */
async function account(): Promise<{ api: Api; env: string; number: PhoneNumber }> {
  const api = await start({ accountSid: ACCOUNT_SID, domainName: () => DOMAIN });
  await api.environment(await api.service('twilio-s3-play'));
  const env = writeEnv({ ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL: api.url });
  const [number] = api.twilio.state.phoneNumbers.values();
  if (!number) throw new Error('the account has no number');
  return { api, env, number };
}

const command = (args: readonly string[], confirm?: CommandContext['confirm']) =>
  runVerb(numberCommand, args, { confirm });

const deployed = {
  voiceUrl: `https://${DOMAIN}/voice#ct=1500&rt=5000&tt=8000`,
  voiceMethod: 'POST',
  voiceFallbackUrl: `https://${DOMAIN}/fallback#ct=1500&rt=5000&tt=8000`,
  voiceFallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
};

describe('npm run number', () => {
  it('routes a number that points nowhere to the deployment, without asking', async () => {
    const { env, number } = await account();
    const { code, out, err } = await command(['--phone', PHONE, '--env', env]);
    expect(out).toBe(
      `${PHONE}
  Voice URL     —
             →  ${deployed.voiceUrl}
  its method    POST
  Fallback URL  —
             →  ${deployed.voiceFallbackUrl}
  its method    POST
Changed. To undo that:
  npm run number -- --phone ${PHONE} --env ${env} --voice ''
`,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(number).toMatchObject(deployed);
  });

  it('has nothing to do the second time', async () => {
    const { api, env } = await account();
    await command(['--phone', PHONE, '--env', env]);
    api.clock.time += 1000;
    const { code, out } = await command(['--phone', PHONE, '--env', env]);
    expect(code).toBe(0);
    expect(out).toContain('Nothing to do');
    const [number] = api.twilio.state.phoneNumbers.values();
    expect(number?.updatedAt).toBe(api.clock.time - 1000);
  });

  it('adds connection overrides to the URLs of the deployment, and takes them off, without asking', async () => {
    const { env, number } = await account();
    const plain = ['--phone', PHONE, '--env', env, '--no-overrides'];
    expect((await command(plain)).code).toBe(0);
    expect(number.voiceUrl).toBe(`https://${DOMAIN}/voice`);
    expect(number.voiceFallbackUrl).toBe(`https://${DOMAIN}/fallback`);
    const added = await command(['--phone', PHONE, '--env', env]);
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toContain(
      `  Voice URL     https://${DOMAIN}/voice\n             →  ${deployed.voiceUrl}\n`,
    );
    expect(number).toMatchObject(deployed);
    expect((await command(plain)).code).toBe(0);
    expect(number.voiceUrl).toBe(`https://${DOMAIN}/voice`);
  });

  it.each<[string, Fault]>([
    ['a page to sign in to', { kind: 'reply', status: 200, headers: {}, body: '<html>' }],
    ['JSON of another form', { kind: 'changed', body: () => Buffer.from('{"ok":true}') }],
    ['half an answer', { kind: 'changed', body: (body) => body.subarray(0, body.length / 2) }],
    ['an answer that breaks off', { kind: 'reset', afterBytes: -1 }],
  ])('routes the number although %s comes in place of each answer, once', async (_, fault) => {
    const { api, number } = await account();
    const seen = new Set<string>();
    const server = await startFaultServer(api.url, {
      choose({ method, path }) {
        if (seen.has(method + path)) return undefined;
        seen.add(method + path);
        return fault;
      },
    });
    const env = writeEnv({ ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL: server.endpoint });
    const { code, err } = await command(['--phone', PHONE, '--env', env]);
    await server.close();
    expect([code, err]).toEqual([0, '']);
    expect(number).toMatchObject(deployed);
    expect(seen.size).toBe(3);
  });

  const elsewhere = [
    ['another voice URL', { voiceUrl: 'https://example.com/voice', voiceMethod: 'GET' }],
    [
      'a voice URL with overrides of another kind',
      { ...deployed, voiceUrl: 'https://example.com/voice#rc=3' },
    ],
    ['another fallback URL', { ...deployed, voiceFallbackUrl: 'https://example.com/sorry' }],
    ['an application', { ...deployed, voiceApplicationSid: `AP${'0'.repeat(32)}` }],
    ['a trunk', { trunkSid: `TK${'0'.repeat(32)}` }],
  ] as const;

  it.each(elsewhere)('asks before it changes a number with %s', async (_, before) => {
    const { env, number } = await account();
    Object.assign(number, before);
    const was = { ...number };
    const questions: string[] = [];
    const answering = (answer: boolean) => async (question: string) => {
      questions.push(question);
      return answer;
    };
    const declined = await command(['--phone', PHONE, '--env', env], answering(false));
    expect(declined).toMatchObject({ code: 1, err: expect.stringContaining('The number was not') });
    expect(number).toEqual(was);
    const agreed = await command(['--phone', PHONE, '--env', env], answering(true));
    expect(agreed.code).toBe(0);
    expect(number).toMatchObject(deployed);
    expect(questions).toHaveLength(2);
  });

  it.each(elsewhere)('prints the line that gives back a number with %s', async (_, before) => {
    const { env, number } = await account();
    Object.assign(number, before);
    const { updatedAt, ...was } = number;
    const { out } = await command(['--phone', PHONE, '--env', env, '--yes']);
    const [, line = ''] =
      /^Changed\. To undo that:\n {2}npm run number -- (.*)\n$/m.exec(out) ?? [];
    // As a shell splits it.
    const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
    expect(await command([...words, '--yes'])).toMatchObject({ code: 0, err: '' });
    expect(number).toMatchObject(was);
  });

  it('lists the numbers of the account without --phone, and changes nothing', async () => {
    const { api, env, number } = await account();
    const other = addPhoneNumber(api.twilio.state, '+12025550143');
    other.voiceUrl = 'https://example.com/voice';
    const { code, out, err } = await command(['--env', env]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').map((line) => line.trim())).toEqual([
      'number         calls go to',
      '+12025550143   https://example.com/voice',
      `${PHONE}  —`,
      '',
      'Let a deployment answer one: npm run number -- --phone +815012345678',
      '',
    ]);
    expect(number.voiceUrl).toBe('');
  });

  it('changes nothing where nobody can be asked, unless --yes is given', async () => {
    const { env, number } = await account();
    number.voiceUrl = 'https://example.com/voice';
    const { code, err } = await command(['--phone', PHONE, '--env', env]);
    expect(code).toBe(1);
    expect(err).toContain('Give --yes');
    expect(number.voiceUrl).toBe('https://example.com/voice');
    expect((await command(['--phone', PHONE, '--env', env, '--yes'])).code).toBe(0);
    expect(number).toMatchObject(deployed);
  });

  it('fails where Twilio takes the change, but not all of it', async () => {
    const { env, number } = await account();
    Object.defineProperty(number, 'voiceFallbackMethod', { get: () => 'GET', set: () => {} });
    const { code, out, err } = await command(['--phone', PHONE, '--env', env]);
    expect(err).toContain('Twilio took the change, but not all of it: voiceFallbackMethod differ');
    expect(out).not.toContain('Changed.');
    expect(code).toBe(1);
  });

  it('routes the number to the deployment of --url', async () => {
    const { env, number } = await account();
    await command(['--phone', PHONE, '--env', env, '--url', 'https://other.example.com/']);
    expect(number.voiceUrl).toBe(withOverrides('https://other.example.com/voice'));
  });

  it.each([
    [['--phone', '+12025550143'], 'The account has no number +12025550143'],
    [['--phone', '+81501234567'], 'The account has no number +81501234567'],
    [['--phone', PHONE, '--environment', 'live'], 'has no environment "live"'],
    [['--phone', '050-1234'], 'It must be in E.164'],
    [['--phone', PHONE, '--url', 'http://example.com'], 'It must be an origin'],
    [['--phone', PHONE, '--voice', 'example.com'], 'Give it as https://example.com/voice'],
    [['--phone', PHONE, '--trunk', 'TK1'], 'It has TK and 32 hexadecimal digits'],
  ])('says what is wrong with %j', async (args, message) => {
    const { env } = await account();
    const { code, err } = await command([...args, '--env', env]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('prints Twilio’s refusal, and changes nothing', async () => {
    const { api, number } = await account();
    const wrong = writeEnv({ ACCOUNT_SID, AUTH_TOKEN: 'wrong', TWILIO_API_URL: api.url });
    const url = ['--url', 'https://other.example.com'];
    const { code, err } = await command(['--phone', PHONE, '--env', wrong, ...url]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^Looking for \+815012345678 among the numbers of the account: Twilio answered 401 .* Check ACCOUNT_SID and AUTH_TOKEN/,
    );
    expect(number.voiceUrl).toBe('');
  });

  it('refuses to route a number of Twilio itself to this machine', async () => {
    const live = writeEnv({ ACCOUNT_SID, AUTH_TOKEN });
    const url = ['--url', 'http://localhost:3000'];
    const { code, err } = await command(['--phone', PHONE, '--env', live, ...url]);
    expect(code).toBe(2);
    expect(err).toContain('Twilio cannot reach http://localhost:3000');
  });

  it('names the variables that are missing', async () => {
    const { code, err } = await command(['--phone', PHONE, '--env', writeEnv({})]);
    expect(code).toBe(2);
    expect(err).toMatch(/ACCOUNT_SID is not set\n {2}AUTH_TOKEN is not set/);
  });
});
