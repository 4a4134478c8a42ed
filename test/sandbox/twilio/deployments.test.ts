import { describe, expect, it } from '@jest/globals';
import { type Api, HANDLER, pluck, start } from '../../helpers/sandbox/twilio-harness';

async function prepare(options: Parameters<typeof start>[0] = {}) {
  const api = await start(options);
  const service = await api.service();
  const environment = await api.environment(service);
  const asset = await api.asset(service, { path: '/a' });
  const path = `/Services/${service}/Environments/${environment}`;
  return { api, service, environment, asset, path, deployments: `${path}/Deployments` };
}

const buildSid = async (api: Api, path: string) => (await api.get(path)).body.build_sid;

describe('a Deployment', () => {
  it('makes a completed Build the environment’s live one', async () => {
    const { api, service, path, deployments, asset } = await prepare();
    expect(await buildSid(api, path)).toBeNull();
    const BuildSid = await api.build(service, { AssetVersions: asset.version });
    api.clock.time += 5000;
    const { status, body } = await api.post(deployments, { BuildSid, IsPlugin: 'false' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ build_sid: BuildSid, date_created: '2026-01-02T03:04:10Z' });
    expect((await api.get(deployments)).body.deployments).toEqual([body]);
    expect((await api.get(path)).body).toMatchObject({
      build_sid: BuildSid,
      date_updated: '2026-01-02T03:04:10Z',
    });
  });

  it('is listed newest first', async () => {
    const { api, service, environment, deployments, asset } = await prepare();
    const first = await api.deploy(service, environment, [asset.version]);
    const second = await api.deploy(service, environment, [asset.version]);
    expect(pluck(await api.get(deployments), 'deployments', 'build_sid')).toEqual([second, first]);
  });

  it('is refused with 409 if the Build is live there already', async () => {
    const { api, service, environment, deployments, asset } = await prepare();
    const BuildSid = await api.deploy(service, environment, [asset.version]);
    const { status, body } = await api.post(deployments, { BuildSid });
    expect([status, body.code]).toEqual([409, 20409]);
    expect(body.message).toBe('Environment already has requested deployment.');
    expect(pluck(await api.get(deployments), 'deployments', 'sid')).toHaveLength(1);
  });

  it('may put one Build into two environments, and an older Build back', async () => {
    const { api, service, environment, path, deployments, asset } = await prepare();
    const other = `/Services/${service}/Environments/${await api.environment(service, 'stage')}`;
    const first = await api.deploy(service, environment, [asset.version]);
    const second = await api.deploy(service, environment, [asset.version]);
    expect((await api.post(`${other}/Deployments`, { BuildSid: second })).status).toBe(201);
    expect((await api.post(deployments, { BuildSid: first })).status).toBe(201);
    expect(await buildSid(api, path)).toBe(first);
    expect(await buildSid(api, other)).toBe(second);
  });

  it.each(['building', 'failed'])('is refused with 400 for a Build that is %s', async (kind) => {
    const { api, service, path, deployments, asset } = await prepare(
      kind === 'building' ? { buildMs: 1 } : { buildFails: () => true },
    );
    const BuildSid = await api.build(service, { AssetVersions: asset.version });
    const { status, body } = await api.post(deployments, { BuildSid });
    expect([status, body.code]).toEqual([400, 20001]);
    expect(body.message).toContain(kind);
    expect(await buildSid(api, path)).toBeNull();
  });

  it('is refused with 400 for a Build that the Service does not have', async () => {
    const { api, deployments } = await prepare();
    const { status, body } = await api.post(deployments, { BuildSid: `ZB${'0'.repeat(32)}` });
    expect([status, body.code]).toEqual([400, 20001]);
  });

  it('is refused with 400 without a Build', async () => {
    const { api, deployments } = await prepare();
    const { status, body } = await api.post(deployments);
    expect([status, body.code]).toEqual([400, 20001]);
  });

  it('protects the Assets in its Build from deletion, until another Build is live', async () => {
    const { api, service, environment, asset } = await prepare();
    const other = await api.asset(service, { path: '/b' });
    const file = `/Services/${service}/Assets/${asset.file}`;
    const first = await api.deploy(service, environment, [asset.version, other.version]);
    const refused = await api.delete(file);
    expect([refused.status, refused.body.code]).toEqual([409, 20409]);
    await api.deploy(service, environment, [other.version]);
    expect((await api.delete(file)).status).toBe(204);
    expect((await api.delete(file)).status).toBe(404);

    const path = `/Services/${service}/Environments/${environment}/Deployments`;
    expect((await api.post(path, { BuildSid: first })).status).toBe(201);
    expect(api.twilio.liveBuild(environment)?.assets.map((hosted) => hosted.path)).toEqual([
      '/a',
      '/b',
    ]);
  });
});

async function prepareBuild() {
  const api = await start({ domainName: () => 'prompts.localhost:3000' });
  const service = await api.service();
  const environment = await api.environment(service);
  const asset = await api.asset(service, { path: '/a.mp3', content: 'ID3', visibility: 'private' });
  const fn = await api.function(service, { path: '/f', content: 'code', visibility: 'protected' });
  const build = await api.build(service, {
    AssetVersions: asset.version,
    FunctionVersions: fn.version,
    Dependencies: HANDLER,
  });
  const path = `/Services/${service}/Environments/${environment}`;
  return { api, service, environment, asset, fn, build, path };
}

describe('the live Build of an environment', () => {
  it('is undefined before a Deployment, and for an unknown environment', async () => {
    const { api, environment } = await prepareBuild();
    expect(api.twilio.liveBuild(environment)).toBeUndefined();
    expect(api.twilio.liveBuild('nowhere')).toBeUndefined();
  });

  it('has the files and the variables, and is found by SID and by domain name', async () => {
    const { api, service, environment, asset, fn, build, path } = await prepareBuild();
    await api.post(`${path}/Variables`, { Key: 'S3_BUCKET', Value: 'prompts' });
    await api.post(`${path}/Deployments`, { BuildSid: build });
    const live = api.twilio.liveBuild(environment);
    expect(live).toEqual({
      buildSid: build,
      serviceSid: service,
      environmentSid: environment,
      functions: [
        {
          sid: fn.version,
          path: '/f',
          visibility: 'protected',
          content: Buffer.from('code'),
          contentType: 'application/javascript',
        },
      ],
      assets: [
        {
          sid: asset.version,
          path: '/a.mp3',
          visibility: 'private',
          content: Buffer.from('ID3'),
          contentType: 'audio/mpeg',
        },
      ],
      variables: { S3_BUCKET: 'prompts' },
    });
    expect(api.twilio.liveBuild('prompts.localhost:3000')).toBe(live);
  });

  it('is the same object until a variable or the Deployment changes', async () => {
    const { api, service, environment, asset, build, path } = await prepareBuild();
    await api.post(`${path}/Deployments`, { BuildSid: build });
    const live = () => api.twilio.liveBuild(environment);
    const first = live();
    await api.build(service, { AssetVersions: asset.version });
    await api.get(path);
    await api.post(`${path}/Deployments`, { BuildSid: build });
    expect(live()).toBe(first);

    const { body } = await api.post(`${path}/Variables`, { Key: 'A', Value: '1' });
    const second = live();
    expect(second).not.toBe(first);
    expect(second?.variables).toEqual({ A: '1' });
    await api.post(`${path}/Variables/${body.sid}`, { Value: '2' });
    expect(live()?.variables).toEqual({ A: '2' });
    await api.delete(`${path}/Variables/${body.sid}`);
    expect(live()?.variables).toEqual({});

    const third = live();
    const next = await api.deploy(service, environment, [asset.version]);
    expect(live()).not.toBe(third);
    expect(live()).toMatchObject({ buildSid: next, functions: [] });
    expect(first?.buildSid).toBe(build);
  });
});
