import { describe, expect, it } from '@jest/globals';
import { HANDLER, start } from '../../helpers/sandbox/twilio-harness';

async function prepare() {
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

describe('the live Build', () => {
  it('is none before a deployment, and for an unknown environment', async () => {
    const { api, environment } = await prepare();
    expect(api.twilio.liveBuild(environment)).toBeUndefined();
    expect(api.twilio.liveBuild('nowhere')).toBeUndefined();
  });

  it('has the files and the variables, by SID and by domain name', async () => {
    const { api, service, environment, asset, fn, build, path } = await prepare();
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

  it('is the same object until a variable or the deployment changes', async () => {
    const { api, service, environment, asset, build, path } = await prepare();
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
