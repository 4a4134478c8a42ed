import { describe, expect, it } from '@jest/globals';
import type { ListOrder } from '../../sandbox/twilio';
import { TwilioApiError } from '../../src/twilio/errors';
import { ACCOUNT_SID, AUTH_TOKEN } from '../helpers/sandbox/twilio-harness';
import { type Account, answering, openAccount, reset } from '../helpers/twilio/account';

const orders: ListOrder[] = ['newest', 'oldest', 'shuffled'];

/** A Build of one Asset and one Function, deployed. */
async function deploySomething({ twilio, environment }: Account) {
  const upload = async (kind: 'Assets' | 'Functions', path: string, text: string) =>
    twilio.upload(kind, await twilio.createResource(kind, path), {
      path,
      visibility: kind === 'Assets' ? 'public' : 'private',
      content: Buffer.from(text),
      contentType: 'text/plain',
    });
  const asset = await upload('Assets', '/a.txt', 'asset');
  const module = await upload('Functions', '/f', 'exports.x = "営業";');
  const build = await twilio.createBuild({
    assetVersions: [asset],
    functionVersions: [module],
    dependencies: [{ name: '@twilio/runtime-handler', version: '2.0.1' }],
    runtime: 'node22',
  });
  await twilio.deploy(environment, build.sid);
  return { asset, module, build };
}

describe.each(['lower', 'upper'] as const)(
  'where Builds spell visibility in %s case',
  (buildVisibility) => {
    it('reads back the Build that it made, ready to be carried over', async () => {
      const account = await openAccount({ buildVisibility });
      const { asset, module, build } = await deploySomething(account);
      const read = await account.twilio.build(build.sid);
      expect(read).toMatchObject({
        sid: build.sid,
        status: 'completed',
        assets: [
          { sid: asset, path: '/a.txt', visibility: 'public', resourceSid: expect.any(String) },
        ],
        functions: [{ sid: module, path: '/f', visibility: 'private' }],
        dependencies: [{ name: '@twilio/runtime-handler', version: '2.0.1' }],
        runtime: 'node22',
        createdAt: account.clock.now(),
      });
      const { twilio, environment } = account;
      expect(await twilio.environment(environment)).toMatchObject({
        buildSid: build.sid,
        domainSuffix: 'dev',
      });
      expect(await twilio.deployments(environment)).toMatchObject([{ buildSid: build.sid }]);
      const [file] = read.functions;
      expect(await twilio.functionContent(file?.resourceSid ?? '', module)).toBe(
        'exports.x = "営業";',
      );
    });
  },
);

describe('before anything was deployed', () => {
  it('has no live Build and no Deployments', async () => {
    const { twilio, environment } = await openAccount();
    expect((await twilio.environment(environment)).buildSid).toBeUndefined();
    expect(await twilio.deployments(environment)).toEqual([]);
  });

  it('tells a Build that is missing from one that cannot be read', async () => {
    const { twilio, faults } = await openAccount();
    const missing = `ZB${'0'.repeat(32)}`;
    expect(await twilio.buildIfAny(missing)).toBeUndefined();
    faults.push(answering(403));
    await expect(twilio.buildIfAny(missing)).rejects.toThrow(TwilioApiError);
  });
});

describe.each(orders)('lists in the order %s', (listOrder) => {
  it('are complete over many pages', async () => {
    const account = await openAccount({ listOrder, limits: { pageSize: 20 } });
    const { twilio, api, service } = account;
    const { asset } = await deploySomething(account);
    for (let count = 0; count < 50; count++) await api.build(service, { AssetVersions: asset });
    const sids: string[] = [];
    for await (const page of twilio.builds()) sids.push(...page.map(({ sid }) => sid));
    expect(new Set(sids)).toEqual(new Set(api.twilio.state.services.get(service)?.builds.keys()));
    expect(sids).toHaveLength(51);
  });
});

describe('an error answer', () => {
  it('about the credentials names them, and holds no secret', async () => {
    const { twilio, environment } = await openAccount({ authTokenSent: 'a wrong token' });
    const message = await twilio.environment(environment).catch(String);
    expect(message).toContain(
      `Fetching environment ${environment}: Twilio answered 401 (20003): Authenticate`,
    );
    expect(message).toContain('Check ACCOUNT_SID and AUTH_TOKEN, or API_KEY and API_SECRET');
    expect(message).not.toMatch(/a wrong token|Basic/);
    expect(message).not.toContain(Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64'));
  });

  it.each([
    ['no body', ''],
    ['a gateway’s page', '<html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['null in every field', '{"code":null,"message":null,"status":null}'],
    ['fields of other types', '{"code":"x","message":{"a":1},"status":"403"}'],
  ])('with %s keeps its status', async (_, body) => {
    const { twilio, environment, faults } = await openAccount();
    faults.push(answering(403, body));
    await expect(twilio.environment(environment)).rejects.toMatchObject({
      name: 'TwilioApiError',
      status: 403,
      message: expect.stringContaining('403'),
    });
  });
});

describe('a broken connection', () => {
  it('says so without a status', async () => {
    const { api, transport: _, ...account } = await openAccount({ deadline: 1 });
    account.faults.push(reset);
    await expect(account.twilio.environment(account.environment)).rejects.toMatchObject({
      status: undefined,
      message: expect.stringContaining('Twilio could not be reached'),
    });
    expect(api.twilio.state.services.size).toBe(1);
  });
});
