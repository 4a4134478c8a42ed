import { describe, expect, it } from '@jest/globals';
import { start } from '../../helpers/sandbox/twilio-harness';

describe('a Service', () => {
  it('has a unique name, and is found by it', async () => {
    const api = await start();
    const service = await api.service('prompts');
    const again = await api.post('/Services', { UniqueName: 'prompts', FriendlyName: 'x' });
    expect([again.status, again.body.code]).toEqual([409, 20409]);
    expect((await api.get('/Services/prompts')).body.sid).toBe(service);
    expect((await api.get('/Services/prompts/Assets')).status).toBe(200);
  });

  it('is removed with everything in it, once no Build of it is live', async () => {
    const api = await start();
    const service = await api.service();
    const environment = await api.environment(service);
    const { version } = await api.asset(service, { path: '/a' });
    await api.deploy(service, environment, [version]);
    expect((await api.delete('/Services/prompts')).status).toBe(400);
    await api.delete(`/Services/${service}/Environments/${environment}`);
    expect((await api.delete('/Services/prompts')).status).toBe(204);
    expect((await api.get(`/Services/${service}/Assets`)).status).toBe(404);
    expect(api.twilio.liveBuild(environment)).toBeUndefined();
    expect(await api.service()).not.toBe(service);
  });
});
