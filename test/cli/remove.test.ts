import { afterEach, describe, expect, it } from '@jest/globals';
import type { CommandContext } from '../../cli/command-context';
import { remove } from '../../cli/remove';
import { functionNameOf, ownershipOf, routingWithout } from '../../cli/remove/plan';
import { addPhoneNumber } from '../../sandbox/twilio/phone-numbers';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { startFaultServer } from '../helpers/fault-server';
import { ACCOUNT_SID, type Api, AUTH_TOKEN, start } from '../helpers/sandbox/twilio-harness';

const PHONE = '+815012345678';
const DEV = 'clinic-1234-dev.twil.io';
const PRODUCTION = 'clinic-1234.twil.io';

const files: { remove: () => void }[] = [];
afterEach(() => {
  for (const file of files.splice(0)) file.remove();
});

function writeEnv(url: string): string {
  const written = writeVariables({ ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL: url });
  files.push(written);
  return written.file;
}

/** An account with a deployment in two environments, one of them live, and a number routed to it. */
async function account(functions: readonly string[] = ['/voice', '/audio', 'audio-manifest']) {
  const api = await start({
    domainName: (_, { domainSuffix }) => (domainSuffix === 'dev' ? DEV : PRODUCTION),
  });
  const service = await api.service('twilio-s3-play');
  for (const FriendlyName of functions) {
    await api.post(`/Services/${service}/Functions`, { FriendlyName });
  }
  const { version } = await api.asset(service, { path: '/audio/a.mp3' });
  await api.deploy(service, await api.environment(service), [version]);
  await api.post(`/Services/${service}/Environments`, { UniqueName: 'production' });
  const [number] = api.twilio.state.phoneNumbers.values();
  if (!number) throw new Error('the account has no number');
  number.voiceUrl = `https://${DEV}/voice#rt=5000`;
  number.voiceFallbackUrl = `https://${DEV}/fallback`;
  return { api, service, number, env: writeEnv(api.url) };
}

const command = (args: readonly string[], confirm?: CommandContext['confirm']) =>
  runVerb(remove, args, { confirm });

const servicesOf = (api: Api) => [...api.twilio.state.services.values()];

describe('npm run remove', () => {
  it('removes the Service and gives the number back, after a yes to all that it shows', async () => {
    const { api, service, number, env } = await account();
    const asked: string[] = [];
    const confirm = async (question: string) => {
      asked.push(question);
      return true;
    };
    const { code, out, err } = await command(['--env', env], confirm);
    expect({ code, err, asked }).toEqual({ code: 0, err: '', asked: ['Remove twilio-s3-play?'] });
    const [shown, done] = out.split(`${PHONE} has its URLs no more.\n`);
    expect(shown).toContain(
      `This removes the Service twilio-s3-play (${service}) with all that it has:\n`,
    );
    expect(shown).toContain(`  ${DEV}\n`);
    expect(shown).toContain(`  ${PRODUCTION}\n`);
    expect(shown).toContain('  3 Functions, 1 Asset, and all Builds\n');
    expect(shown).toContain(
      `  npm run number -- --phone ${PHONE} --env ${env} --voice 'https://${DEV}/voice#rt=5000' --fallback https://${DEV}/fallback\n`,
    );
    expect(done).toMatch(/The Service twilio-s3-play is removed\.\n\nLeft, .*the bucket/s);
    expect(servicesOf(api)).toEqual([]);
    expect(number).toMatchObject({ voiceUrl: '', voiceFallbackUrl: '' });
  });

  it.each([
    ['a no', async () => false, 'Nothing was removed.\n'],
    ['nobody to ask', undefined, 'Nothing was removed. Give --yes to remove it.\n'],
  ])('removes nothing after %s', async (_, confirm, message) => {
    const { api, number, env } = await account();
    const { code, err } = await command(['--env', env], confirm);
    expect({ code, err }).toEqual({ code: 1, err: message });
    expect(servicesOf(api)).toHaveLength(1);
    expect(number.voiceUrl).not.toBe('');
  });

  it('leaves alone what is not of the deployment: other Services and numbers', async () => {
    const { api, env } = await account();
    const other = await api.service('another');
    const elsewhere = addPhoneNumber(api.twilio.state, '+815099999999');
    elsewhere.voiceUrl = 'https://example.com/voice';
    expect(await command(['--env', env, '--yes'])).toMatchObject({ code: 0 });
    expect(servicesOf(api).map(({ sid }) => sid)).toEqual([other]);
    expect(elsewhere.voiceUrl).toBe('https://example.com/voice');
  });

  it.each([
    ['Functions that are not ours', ['/voice', '/billing'], 'does not have: /billing.'],
    [
      'a Function whose name clears the terminal',
      ['/voice', '/\u001b[2J'],
      'does not have: /\\u{1b}[2J.',
    ],
    ['no Function of ours', [], 'has no Function of this project.'],
  ])('refuses a Service with %s, even with --yes', async (_, functions, why) => {
    const { api, service, env } = await account(functions);
    const { code, err } = await command(['--env', env, '--yes']);
    expect(code).toBe(2);
    expect(err).toContain(`The Service twilio-s3-play (${service}) ha`);
    expect(err).toContain(why);
    expect(err).toContain('npm run remove -- --service twilio-s3-play');
    expect(servicesOf(api)).toHaveLength(1);
  });

  it('removes it when --service names it', async () => {
    const { api, service, env } = await account(['/billing']);
    const named = ['--env', env, '--yes', '--service', service];
    expect(await command(named)).toMatchObject({ code: 0, err: '' });
    expect(servicesOf(api)).toEqual([]);
  });

  it('says what is wrong where the account has no such Service', async () => {
    const { api, env } = await account();
    const { code, err } = await command(['--env', env, '--yes', '--service', 'nobody']);
    expect(code).toBe(2);
    expect(err).toContain('has no Service nobody');
    expect(servicesOf(api)).toHaveLength(1);
  });

  it.each(['IncomingPhoneNumbers/', 'Environments/', 'Services/'])(
    'goes on where it ended, if Twilio refused a change of %s',
    async (path) => {
      const { api, number } = await account();
      let isRefusing = true;
      const server = await startFaultServer(api.url, {
        choose: ({ method, path: asked }) =>
          isRefusing && method !== 'GET' && asked.includes(path)
            ? {
                kind: 'reply',
                status: 403,
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({ code: 20403, message: 'No', status: 403 }),
              }
            : undefined,
      });
      const env = writeEnv(server.endpoint);
      const failed = await command(['--env', env, '--yes']);
      expect(failed.code).toBe(1);
      expect(failed.err).toContain('Run it again: it goes on where it ended.\n');
      expect(failed.err).toContain('Twilio answered 403');
      isRefusing = false;
      expect(await command(['--env', env, '--yes'])).toMatchObject({ code: 0, err: '' });
      expect(servicesOf(api)).toEqual([]);
      expect(number.voiceUrl).toBe('');
      await server.close();
    },
  );
});

describe('the owner of a Service', () => {
  const own = ['/voice', '/audio'];
  it.each<[readonly string[], boolean, readonly string[]]>([
    [['/voice', '/audio', 'audio-manifest'], true, []],
    [['/voice'], true, []],
    [['/voice', '/billing'], false, ['/billing']],
    [['audio-manifest'], false, []],
    [[], false, []],
  ])('of the Functions %j is this project: %p', (names, isOurs, foreign) => {
    expect(ownershipOf(names, own)).toEqual({ isOurs, foreign });
  });

  it.each([
    ['voice.protected.ts', '/voice'],
    ['crc.private.ts', '/crc'],
    ['audio.ts', '/audio'],
    ['admin\\status.js', '/admin/status'],
  ])('knows the Function of %s as %s', (file, name) => {
    expect(functionNameOf(file)).toBe(name);
  });
});

describe('the routing of a number without the deployment', () => {
  const routing = {
    voiceUrl: '',
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'GET',
    voiceApplicationSid: '',
    trunkSid: `TK${'0'.repeat(32)}`,
  };
  const ours = `https://${DEV}/voice`;
  const other = 'https://example.com/voice';
  it.each<[string, string, [string, string] | undefined]>([
    [ours, ours, ['', '']],
    [ours, '', ['', '']],
    // Twilio takes no fallback URL alone.
    [ours, other, ['', '']],
    [other, ours, [other, '']],
    [other, other, undefined],
    [`https://evil.example/?${DEV}`, '', undefined],
    [`https://x-${DEV}/voice`, '', undefined],
    ['not a URL', '', undefined],
    ['', '', undefined],
  ])('with %p and %p has %j', (voiceUrl, voiceFallbackUrl, expected) => {
    const after = routingWithout([DEV], { ...routing, voiceUrl, voiceFallbackUrl });
    expect(after).toEqual(
      expected && { ...routing, voiceUrl: expected[0], voiceFallbackUrl: expected[1] },
    );
  });
});
