import { describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { ACCOUNT_SID, AUTH_TOKEN, HANDLER, start } from '../../helpers/sandbox/twilio-harness';

async function connected() {
  const api = await start();
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
  client.serverless.baseUrl = api.url;
  return { api, services: client.serverless.v1.services };
}

async function withService() {
  const { api, services } = await connected();
  const { sid } = await services.create({ uniqueName: 'prompts', friendlyName: 'Prompts' });
  return { api, services, service: services(sid) };
}

describe('the twilio library', () => {
  it('creates, fetches, lists and removes Services', async () => {
    const { services, service } = await withService();
    const made = await services('prompts').fetch();
    expect(made).toMatchObject({
      accountSid: ACCOUNT_SID,
      uniqueName: 'prompts',
      friendlyName: 'Prompts',
      includeCredentials: true,
      uiEditable: false,
      dateCreated: new Date('2026-01-02T03:04:05Z'),
    });
    expect(await services.list()).toHaveLength(1);
    expect(await service.remove()).toBe(true);
    await expect(service.fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('creates, lists and removes environments and their variables', async () => {
    const { service } = await withService();
    const { sid } = await service.environments.create({ uniqueName: 'dev', domainSuffix: 'd' });
    const environment = service.environments(sid);
    expect(await environment.fetch()).toMatchObject({ uniqueName: 'dev', buildSid: null });
    const { sid: key } = await environment.variables.create({ key: 'A', value: '1' });
    expect(await environment.variables(key).update({ value: '2' })).toMatchObject({ value: '2' });
    expect(await environment.variables.list()).toMatchObject([{ key: 'A', value: '2' }]);
    expect(await environment.variables(key).remove()).toBe(true);
    expect(await environment.variables.list()).toEqual([]);
    expect(await environment.logs.list()).toEqual([]);
    expect(await environment.remove()).toBe(true);
    expect(await service.environments.list()).toEqual([]);
  });

  it('builds and deploys what was uploaded', async () => {
    const { api, service } = await withService();
    const asset = await service.assets.create({ friendlyName: 'a' });
    const fn = await service.functions.create({ friendlyName: 'f' });
    await api.upload(`/Services/prompts/Assets/${asset.sid}`, { path: '/a' });
    await api.upload(`/Services/prompts/Functions/${fn.sid}`, { path: '/f', content: 'code' });
    const [assetVersion] = await service.assets(asset.sid).assetVersions.list();
    const [functionVersion] = await service.functions(fn.sid).functionVersions.list();
    if (!assetVersion || !functionVersion) throw new Error('the versions are not listed');
    const content = service
      .functions(fn.sid)
      .functionVersions(functionVersion.sid)
      .functionVersionContent();
    expect(await content.fetch()).toMatchObject({ content: 'code' });

    const build = await service.builds.create({
      assetVersions: [assetVersion.sid],
      functionVersions: [functionVersion.sid],
      dependencies: HANDLER,
      runtime: 'node22',
    });
    expect(build.dependencies).toEqual(JSON.parse(HANDLER));
    expect(await service.builds(build.sid).buildStatus().fetch()).toMatchObject({
      status: 'completed',
    });
    const environment = await service.environments.create({ uniqueName: 'dev' });
    const { deployments } = service.environments(environment.sid);
    const { sid } = await deployments.create({ buildSid: build.sid });
    await expect(deployments.create({ buildSid: build.sid })).rejects.toMatchObject({
      status: 409,
      code: 20409,
    });
    expect((await deployments.list()).map((one) => one.sid)).toEqual([sid]);
    expect(await service.environments(environment.sid).fetch()).toMatchObject({
      buildSid: build.sid,
    });
    await expect(service.assets(asset.sid).remove()).rejects.toMatchObject({ status: 409 });
  });

  it('pages through a list, forwards and back', async () => {
    const { service } = await withService();
    for (let index = 0; index < 7; index += 1) {
      await service.assets.create({ friendlyName: `asset ${index}` });
    }
    const names = (page: Array<{ friendlyName: string }>) =>
      page.map(({ friendlyName }) => friendlyName);
    expect(names(await service.assets.list({ pageSize: 3 }))).toHaveLength(7);
    const first = await service.assets.page({ pageSize: 3 });
    const second = await first.nextPage();
    expect(names(second?.instances ?? [])).toEqual(['asset 3', 'asset 2', 'asset 1']);
    const back = await second?.previousPage();
    expect(names(back?.instances ?? [])).toEqual(names(first.instances));
  });

  it('renames and removes Assets', async () => {
    const { service } = await withService();
    const { sid } = await service.assets.create({ friendlyName: 'a' });
    const renamed = await service.assets(sid).update({ friendlyName: 'b' });
    expect(renamed).toMatchObject({ friendlyName: 'b' });
    expect(await service.assets(sid).remove()).toBe(true);
    expect(await service.assets.list()).toEqual([]);
  });

  it('reports a wrong token', async () => {
    const api = await start();
    const client = twilio(ACCOUNT_SID, 'wrong');
    client.serverless.baseUrl = api.url;
    await expect(client.serverless.v1.services.list()).rejects.toMatchObject({
      status: 401,
      code: 20003,
    });
  });
});
