import { describe, expect, it } from '@jest/globals';
import { start } from '../../helpers/sandbox/twilio-harness';

describe('an environment', () => {
  const environments = '/Services/prompts/Environments';

  it('has a domain made of the Service’s base and its own suffix', async () => {
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

  it('is the newest of those with one domain, until it is deleted', async () => {
    const api = await start({ domainName: () => 'one.test' });
    const deploy = async (name: string) => {
      const service = await api.service(name);
      const environment = await api.environment(service);
      const { version } = await api.asset(service, { path: `/${name}.mp3` });
      await api.deploy(service, environment, [version]);
      return `/Services/${service}/Environments/${environment}`;
    };
    const live = () => api.twilio.liveBuild('one.test')?.assets.map(({ path }) => path);
    await deploy('first');
    const second = await deploy('second');
    expect(live()).toEqual(['/second.mp3']);
    await api.delete(second);
    expect(live()).toEqual(['/first.mp3']);
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

  it('serves nothing once it is deleted', async () => {
    const api = await start();
    const service = await api.service();
    const environment = await api.environment(service);
    const { version } = await api.asset(service, { path: '/a' });
    await api.deploy(service, environment, [version]);
    expect((await api.delete(`${environments}/${environment}`)).status).toBe(204);
    expect((await api.get(`${environments}/${environment}`)).status).toBe(404);
    expect(api.twilio.liveBuild(environment)).toBeUndefined();
  });

  it('has a list of logs, empty at first', async () => {
    const api = await start();
    const environment = await api.environment(await api.service());
    const { status, body } = await api.get(`${environments}/${environment}/Logs?PageSize=5`);
    expect([status, body.logs]).toEqual([200, []]);
  });
});
