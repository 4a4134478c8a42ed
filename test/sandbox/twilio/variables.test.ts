import { describe, expect, it } from '@jest/globals';
import { type Api, start } from '../../helpers/sandbox/twilio-harness';

describe('a variable', () => {
  async function variables(): Promise<{ api: Api; path: string; environment: string }> {
    const api = await start();
    const environment = await api.environment(await api.service());
    return { api, environment, path: `/Services/prompts/Environments/${environment}/Variables` };
  }

  it('has a key that no other variable has', async () => {
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

  it('is refused with 82006 when all variables together become too large', async () => {
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
