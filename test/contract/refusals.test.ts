import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_SID, AUTH_TOKEN, startRecorded } from '../helpers/contract/recorded';

interface TestRequest {
  readonly path: string;
  readonly method?: string;
  readonly form?: Record<string, string>;
  readonly token?: string;
}

const SERVICE = { UniqueName: 'prompts', FriendlyName: 'Prompts' };

describe('an error of the stand-in', () => {
  it.each<[number, string, TestRequest]>([
    [400, 'a missing field', { path: '/Services', form: { UniqueName: 'x' } }],
    [400, 'an empty Build', { path: '/Services/prompts/Builds', form: { Runtime: 'node22' } }],
    [401, 'a wrong token', { path: '/Services', token: 'wrong' }],
    [404, 'an unknown Service', { path: '/Services/unknown/Builds' }],
    [409, 'a name that is taken', { path: '/Services', form: SERVICE }],
    [429, 'too many concurrent requests', { path: '/Services' }],
  ])('has Twilio’s form for %i, %s', async (status, _, request) => {
    const recorded = await startRecorded({
      limits: status === 429 ? { concurrentRequests: 0 } : {},
    });
    const send = async ({ path, form, method, token = AUTH_TOKEN }: TestRequest) => {
      const basic = Buffer.from(`${ACCOUNT_SID}:${token}`).toString('base64');
      await fetch(`${recorded.origin}/v1${path}`, {
        method: method ?? (form ? 'POST' : 'GET'),
        headers: { authorization: `Basic ${basic}` },
        body: form ? new URLSearchParams(form) : null,
      });
    };
    await send({ path: '/Services', form: SERVICE });
    await send(request);
    const last = recorded.exchanges.at(-1);
    expect(last?.status).toBe(status);
    const { problems } = await recorded.check();
    expect(problems.filter((problem) => !/: form must have required/.test(problem))).toEqual([]);
  });
});
