import { describe, expect, it } from '@jest/globals';
import type { RequestInfo } from '../../../sandbox/twilio';
import { ACCOUNT_SID, start } from '../../helpers/sandbox/twilio-harness';

describe('errors of the stand-in', () => {
  it.each([
    ['no credentials', undefined],
    ['a wrong token', `Basic ${Buffer.from(`${ACCOUNT_SID}:wrong`).toString('base64')}`],
    ['another scheme', 'Bearer token'],
  ])('answer %s with 401 and 20003', async (_case, authorization) => {
    const api = await start();
    const headers: Record<string, string> = authorization ? { authorization } : {};
    const response = await fetch(`${api.url}/v1/Services`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="Twilio API"');
    expect(await response.json()).toEqual({
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
    });
  });

  it('answer an unknown resource with 404, 20404 and its path', async () => {
    const api = await start();
    const { status, body } = await api.get('/Services/nobody/Environments?PageSize=5');
    expect(status).toBe(404);
    expect(body).toEqual({
      code: 20404,
      message: 'The requested resource /Services/nobody/Environments was not found',
      more_info: 'https://www.twilio.com/docs/errors/20404',
      status: 404,
    });
  });

  it('answer 404 for every kind of SID below a Service, and for paths that no API has', async () => {
    const api = await start();
    const service = `/Services/${await api.service()}`;
    const environment = `${service}/Environments/${await api.environment('prompts')}`;
    const none = '0'.repeat(32);
    for (const path of [
      `${service}/Environments/ZE${none}`,
      `${service}/Assets/ZH${none}`,
      `${service}/Assets/ZH${none}/Versions`,
      `${service}/Functions/ZH${none}/Versions/ZN${none}/Content`,
      `${service}/Builds/ZB${none}`,
      `${service}/Builds/ZB${none}/Status`,
      `${environment}/Variables/ZV${none}`,
      `${environment}/Deployments/ZD${none}`,
      `${environment}/Logs/NO${none}`,
      `${environment}/Cats`,
      '/services',
    ]) {
      expect([path, (await api.get(path)).body.code]).toEqual([path, 20404]);
    }
  });

  it('name a missing parameter', async () => {
    const api = await start();
    const { status, body } = await api.post('/Services', { FriendlyName: 'prompts' });
    expect(status).toBe(400);
    expect(body.code).toBe(20001);
    expect(body.message).toBe('Missing required parameter UniqueName in the post body');
  });

  it('name a parameter that is given twice, too long, or of the wrong kind', async () => {
    const api = await start();
    const good = { UniqueName: 'prompts', FriendlyName: 'prompts' };
    for (const [name, value] of [
      ['UniqueName', ['a', 'b']],
      ['UniqueName', 'x'.repeat(51)],
      ['UniqueName', 'a b/c?'],
      ['FriendlyName', ''],
      ['UiEditable', 'maybe'],
    ] as const) {
      const { status, body } = await api.post('/Services', { ...good, [name]: value });
      expect([status, body.code]).toEqual([400, 20001]);
      expect(body.message).toMatch(new RegExp(`^${name} is invalid: `));
    }
  });

  it('answer a broken escape in the path with 400', async () => {
    const api = await start();
    expect((await api.get('/Services/%zz')).status).toBe(400);
  });

  it('tell the observer of every request just before its answer', async () => {
    const seen: RequestInfo[] = [];
    const api = await start({ onRequest: (info) => seen.push(info) });
    const service = await api.service();
    await api.get(`/Services/${service}?PageSize=1`);
    await api.get('/Services/nobody');
    await fetch(`${api.url}/v1/Services`);
    expect(seen).toEqual([
      { method: 'POST', path: '/v1/Services', status: 201 },
      { method: 'GET', path: `/v1/Services/${service}`, status: 200 },
      { method: 'GET', path: '/v1/Services/nobody', status: 404 },
      { method: 'GET', path: '/v1/Services', status: 401 },
    ]);
  });
});
