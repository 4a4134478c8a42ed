import { describe, expect, it } from '@jest/globals';
import { type Api, start } from '../../helpers/sandbox/twilio-harness';

describe('a Service', () => {
  it('has a unique name, and is found by it', async () => {
    const api = await start();
    const service = await api.service('prompts');
    const again = await api.post('/Services', { UniqueName: 'prompts', FriendlyName: 'x' });
    expect([again.status, again.body.code]).toEqual([409, 20409]);
    expect((await api.get('/Services/prompts')).body.sid).toBe(service);
    expect((await api.get('/Services/prompts/Assets')).status).toBe(200);
  });

  it('is gone with all that it had once it is deleted', async () => {
    const api = await start();
    const service = await api.service();
    const environment = await api.environment(service);
    const { version } = await api.asset(service, { path: '/a' });
    await api.deploy(service, environment, [version]);
    expect((await api.delete('/Services/prompts')).status).toBe(204);
    expect((await api.get(`/Services/${service}/Environments/${environment}`)).status).toBe(404);
    expect(api.twilio.liveBuild(environment)).toBeUndefined();
    expect(await api.service()).not.toBe(service);
  });
});

describe('an environment', () => {
  const environments = '/Services/prompts/Environments';

  it('has a domain of the Service’s base and its own suffix', async () => {
    const api = await start();
    await api.service();
    const base = (await api.get('/Services/prompts')).body.domain_base;
    expect(base).toMatch(/^prompts-\d{4}$/);
    const dev = await api.post(environments, { UniqueName: 'dev', DomainSuffix: 'dev' });
    expect(dev.body).toMatchObject({ domain_name: `${base}-dev.twil.io`, domain_suffix: 'dev' });
    const bare = await api.post(environments, { UniqueName: 'production' });
    expect(bare.body).toMatchObject({ domain_name: `${base}.twil.io`, domain_suffix: null });
  });

  it('has the domain that the sandbox gives it', async () => {
    const api = await start({
      domainName: (service, { uniqueName, domainSuffix }) =>
        `${service.uniqueName}.${uniqueName}.${domainSuffix}.localhost:3000`,
    });
    await api.service();
    const { body } = await api.post(environments, { UniqueName: 'e', DomainSuffix: 's' });
    expect(body.domain_name).toBe('prompts.e.s.localhost:3000');
  });

  it.each([
    ['its name', { UniqueName: 'one', DomainSuffix: 'b' }],
    ['its suffix', { UniqueName: 'two', DomainSuffix: 'a' }],
  ])('is refused with 409 if %s is taken in the Service, not if in another', async (_, fields) => {
    const api = await start();
    await api.service();
    await api.service('other');
    await api.post(environments, { UniqueName: 'one', DomainSuffix: 'a' });
    const { status, body } = await api.post(environments, fields);
    expect([status, body.code]).toEqual([409, 20409]);
    expect((await api.post('/Services/other/Environments', fields)).status).toBe(201);
  });

  it('is the only one without a suffix', async () => {
    const api = await start();
    await api.service();
    expect((await api.post(environments, { UniqueName: 'one' })).status).toBe(201);
    expect((await api.post(environments, { UniqueName: 'two' })).status).toBe(409);
  });

  it.each([
    [{ UniqueName: 'x'.repeat(101) }],
    [{ UniqueName: 'one', DomainSuffix: 'x'.repeat(17) }],
    [{ UniqueName: 'one', DomainSuffix: 'a.b' }],
  ])('is refused with 400 for %j', async (fields) => {
    const api = await start();
    await api.service();
    const { status, body } = await api.post(environments, fields);
    expect([status, body.code]).toEqual([400, 20001]);
  });

  it('frees its Build when it is deleted', async () => {
    const api = await start();
    const service = await api.service();
    const environment = await api.environment(service);
    const { version } = await api.asset(service, { path: '/a' });
    const build = await api.deploy(service, environment, [version]);
    expect((await api.delete(`${environments}/${environment}`)).status).toBe(204);
    expect((await api.delete(`/Services/prompts/Builds/${build}`)).status).toBe(204);
  });

  it('has a list of logs, empty at first', async () => {
    const api = await start();
    const environment = await api.environment(await api.service());
    const { status, body } = await api.get(`${environments}/${environment}/Logs?PageSize=5`);
    expect([status, body.logs]).toEqual([200, []]);
  });
});

describe('a variable', () => {
  async function variables(): Promise<{ api: Api; path: string; environment: string }> {
    const api = await start();
    const environment = await api.environment(await api.service());
    return { api, environment, path: `/Services/prompts/Environments/${environment}/Variables` };
  }

  it('is kept by a key that no other has', async () => {
    const { api, path } = await variables();
    const { body } = await api.post(path, { Key: 'S3_BUCKET', Value: 'prompts' });
    expect(body).toMatchObject({ key: 'S3_BUCKET', value: 'prompts' });
    const again = await api.post(path, { Key: 'S3_BUCKET', Value: 'other' });
    expect([again.status, again.body.code]).toEqual([409, 20409]);
    const other = await api.post(path, { Key: 'S3_REGION', Value: 'other' });
    expect((await api.post(`${path}/${other.body.sid}`, { Key: 'S3_BUCKET' })).status).toBe(409);
    const changed = await api.post(`${path}/${body.sid}`, { Value: '' });
    expect(changed.body).toMatchObject({ key: 'S3_BUCKET', value: '' });
  });

  it('has a key of 128 characters at most', async () => {
    const { api, path } = await variables();
    const post = (Key: string) => api.post(path, { Key, Value: 'x' });
    expect((await post('K'.repeat(128))).status).toBe(201);
    const { status, body } = await post('K'.repeat(129));
    expect([status, body.code]).toEqual([400, 20001]);
    expect((await post('')).status).toBe(400);
  });

  it('has a value of 450 bytes at most', async () => {
    const { api, path } = await variables();
    const { status, body } = await api.post(path, { Key: 'A', Value: 'ü'.repeat(225) });
    expect(status).toBe(201);
    expect((await api.post(path, { Key: 'B', Value: `${'ü'.repeat(225)}.` })).status).toBe(400);
    const update = await api.post(`${path}/${body.sid}`, { Value: 'x'.repeat(451) });
    expect([update.status, update.body.code]).toEqual([400, 20001]);
  });

  it('is refused with 82006 if all together become too large', async () => {
    const { api, path } = await variables();
    for (const Key of ['A', 'B', 'C', 'D', 'E', 'F']) {
      expect((await api.post(path, { Key, Value: 'x'.repeat(450) })).status).toBe(201);
    }
    const { status, body } = await api.post(path, { Key: 'G', Value: 'x'.repeat(450) });
    expect([status, body.code]).toEqual([400, 82006]);
    const small = await api.post(path, { Key: 'G', Value: 'x' });
    const grown = await api.post(`${path}/${small.body.sid}`, { Value: 'x'.repeat(400) });
    expect([grown.status, grown.body.code]).toEqual([400, 82006]);
  });
});
