import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { CommandContext } from '../../cli/command-context';
import { rollback } from '../../cli/rollback';
import { systemClock } from '../../src/clock';
import { COMMAND_BUDGET_MS } from '../../src/limits';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { ACCOUNT_SID, type Api, AUTH_TOKEN, sidOf, start } from '../helpers/sandbox/twilio-harness';

const HOUR = 3_600_000;

/** An environment in which two deploys, and a Build with the second one's code, became live. */
async function deployed() {
  const api = await start();
  const service = await api.service('twilio-s3-play');
  const environment = await api.environment(service);
  const pathOf = `/Services/${service}/Environments/${environment}`;
  const voice = await api.function(service, { path: '/voice', visibility: 'protected' });
  const upload = async () =>
    sidOf(
      await api.upload(`/Services/${service}/Functions/${voice.file}`, {
        path: '/voice',
        type: 'application/javascript',
      }),
    );
  const prompt = await api.asset(service, {
    path: `/audio/a.${'0'.repeat(16)}.${'1'.repeat(16)}.mp3`,
  });
  const build = async (code: string, assets: readonly string[], version = '2.0.1') => {
    const Dependencies = JSON.stringify([{ name: '@twilio/runtime-handler', version }]);
    const fields = { FunctionVersions: [code], AssetVersions: assets, Dependencies };
    const sid = await api.build(service, { ...fields, Runtime: 'node22' });
    api.clock.time += 60_000;
    return sid;
  };
  const activate = async (BuildSid: string) => {
    sidOf(await api.post(`${pathOf}/Deployments`, { BuildSid }));
    api.clock.time += HOUR;
    return BuildSid;
  };
  const first = await activate(await build(await upload(), [], '2.0.0'));
  const code = await upload();
  const newer = await build(code, []);
  await api.post(`${pathOf}/Variables`, { Key: 'S3_PREFIX', Value: 'secret value' });
  const second = await activate(newer);
  const synced = await activate(await build(code, [prompt.version]));
  const live = () => api.twilio.liveBuild(environment)?.buildSid;
  return { api, first, second, synced, live, activate };
}

async function run(api: Api, args: readonly string[], changes: Partial<CommandContext> = {}) {
  const variables = { ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL: api.url };
  const { file, remove } = writeVariables(variables);
  try {
    return await runVerb(rollback, ['--env', file, ...args], { clock: api.clock, ...changes });
  } finally {
    remove();
  }
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('npm run rollback', () => {
  it('makes the code before the last deploy live, and shows both Builds and what differs', async () => {
    const { api, first, synced, live } = await deployed();
    const questions: string[] = [];
    const { code, out, err } = await run(api, [], {
      confirm: async (question) => {
        questions.push(question);
        expect(live()).toBe(synced);
        return true;
      },
    });
    expect({ code, err, questions }).toEqual({
      code: 0,
      err: '',
      questions: ['Make that Build live?'],
    });
    expect(live()).toBe(first);
    const lines = out.split('\n');
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
    expect(lines[0]).toMatch(
      new RegExp(
        `^Live now: {2}${synced}, live since ${time} UTC: 1 Function, 0 assets, 1 prompt$`,
      ),
    );
    expect(lines[1]).toMatch(
      new RegExp(`^Back to: {3}${first}, live from ${time} to ${time} UTC: .* 0 prompts$`),
    );
    expect(lines.slice(2)).toEqual([
      '  Packages: - @twilio/runtime-handler 2.0.1, + @twilio/runtime-handler 2.0.0',
      '  Prompts: 1 of those that are live are not in it, until the next sync',
      'Variables stay as they are. Set since then: S3_PREFIX.',
      `Build ${first} is live.`,
      expect.stringMatching(/^To bring the prompts of S3, .*: npm run sync -- --environment dev /),
      expect.stringMatching(`^To undo this: npm run rollback -- .* --build ${synced}$`),
      '',
    ]);
    expect(out).not.toContain('secret value');
  });

  it('goes forward again when it is run once more', async () => {
    const { api, synced, live } = await deployed();
    await run(api, ['--yes']);
    await run(api, ['--yes']);
    expect(live()).toBe(synced);
  });

  it('makes the Build of --build live, whatever its code', async () => {
    const { api, second, live } = await deployed();
    expect((await run(api, ['--build', second, '--yes'])).code).toBe(0);
    expect(live()).toBe(second);
    expect(await run(api, ['--build', second, '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nNothing to do: that Build is live\.\n$/),
    });
  });

  it.each<[string, Partial<CommandContext>, string]>([
    ['nobody can answer', {}, ' Give --yes to do it.'],
    ['the answer is no', { confirm: async () => false }, ''],
  ])('changes nothing where %s', async (_, changes, advice) => {
    const { api, synced, live } = await deployed();
    const { code, err } = await run(api, [], changes);
    expect({ code, err }).toEqual({
      code: 1,
      err: `Nothing was changed: ${synced} is live.${advice}\n`,
    });
    expect(live()).toBe(synced);
  });

  it('says that Twilio has deleted the Build, and what to do', async () => {
    const { api, first, synced, live } = await deployed();
    api.clock.time += 24 * HOUR;
    const gone = /is deleted\. Twilio keeps a Build that is live nowhere for 1 day\. Check out/;
    expect(await run(api, ['--yes'])).toMatchObject({ code: 1, err: expect.stringMatching(gone) });
    expect(await run(api, ['--yes', '--build', first])).toMatchObject({
      code: 1,
      err: expect.stringMatching(`There is no Build ${first} any more\\. Twilio keeps`),
    });
    expect(live()).toBe(synced);
  });

  it('says that there was no other code', async () => {
    const api = await start();
    const service = await api.service('twilio-s3-play');
    const environment = await api.environment(service);
    expect((await run(api, ['--yes'])).err).toContain('Nothing is live in the environment "dev"');
    const { version } = await api.asset(service, { path: '/a.png' });
    await api.deploy(service, environment, [version]);
    expect(await run(api, ['--yes'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('No other code was live before'),
    });
  });

  it('goes on however long a person takes to agree', async () => {
    const { api, first, live } = await deployed();
    const { code } = await run(api, [], {
      confirm: async () => {
        const later = Date.now() + 2 * COMMAND_BUDGET_MS;
        jest.spyOn(systemClock, 'now').mockImplementation(() => new Date(later));
        return true;
      },
    });
    expect([code, live()]).toEqual([0, first]);
  });

  it('leaves another Build that became live while it asked', async () => {
    const { api, second, live, activate } = await deployed();
    const { code, err } = await run(api, [], {
      confirm: async () => {
        await activate(second);
        return true;
      },
    });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('Another Build became live meanwhile'),
    });
    expect(live()).toBe(second);
  });

  it.each([['ZB1'], ['ZS00000000000000000000000000000000']])(
    'refuses %s as a Build',
    async (sid) => {
      const { api } = await deployed();
      expect((await run(api, ['--build', sid])).code).toBe(2);
    },
  );
});
