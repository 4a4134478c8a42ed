import { describe, expect, it } from '@jest/globals';
import { type Api, sidOf, start } from '../../helpers/sandbox/twilio-harness';
import { serveTwilioHosts } from '../../helpers/twilio-hosts';

async function assetOf(api: Api): Promise<string> {
  const service = `/Services/${await api.service()}`;
  return `${service}/Assets/${sidOf(await api.post(`${service}/Assets`, { FriendlyName: 'a' }))}`;
}

describe('an upload', () => {
  it('becomes a version whose URLs are the API’s', async () => {
    const api = await start();
    const asset = await assetOf(api);
    const { status, body } = await api.upload(asset, { path: '/a.mp3', visibility: 'protected' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      path: '/a.mp3',
      visibility: 'protected',
      date_created: '2026-01-02T03:04:05Z',
      url: `${api.url}/v1${asset.replace('prompts', String(body.service_sid))}/Versions/${body.sid}`,
    });
    expect((await api.get(`${asset}/Versions`)).body.asset_versions).toEqual([body]);
  });

  it('is taken by the upload host only, which answers with the API’s URLs', async () => {
    const api = await start();
    const asset = await assetOf(api);
    const hosts = await serveTwilioHosts(api.twilio.listener);
    try {
      const file = { path: '/a.mp3' };
      const { status, body } = await api.upload(
        `https://serverless-upload.twilio.com/v1${asset}`,
        file,
      );
      expect([status, body.url]).toEqual([201, expect.stringMatching(/^https:\/\/serverless\.t/)]);
      const refused = await api.upload(`https://serverless.twilio.com/v1${asset}`, file);
      expect([refused.status, refused.body.code]).toEqual([404, 20404]);
      const list = await api.get(`https://serverless-upload.twilio.com/v1${asset}/Versions`);
      expect([list.status, list.body.code]).toEqual([404, 20404]);
    } finally {
      await hosts.close();
    }
  });

  it('keeps every byte and the declared type', async () => {
    const api = await start();
    const service = await api.service();
    const environment = await api.environment(service);
    const content = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const { version } = await api.asset(service, { path: '/a', content, type: 'audio/x-wav' });
    await api.deploy(service, environment, [version]);
    const [hosted] = api.twilio.liveBuild(environment)?.assets ?? [];
    expect(hosted?.contentType).toBe('audio/x-wav');
    expect(Buffer.compare(hosted?.content ?? Buffer.alloc(0), content)).toBe(0);
  });

  it('keeps an empty file', async () => {
    const api = await start();
    expect((await api.upload(await assetOf(api), { path: '/empty', content: '' })).status).toBe(
      201,
    );
  });

  it('gets a leading slash when its path has none', async () => {
    const api = await start();
    const { body } = await api.upload(await assetOf(api), { path: 'a.mp3' });
    expect(body.path).toBe('/a.mp3');
  });

  it('is refused for a path with any forbidden character', async () => {
    const api = await start();
    const asset = await assetOf(api);
    for (const character of `;,?:@+&$()'"# \t\n\u3000`) {
      const { status, body } = await api.upload(asset, { path: `/a${character}b` });
      expect([character, status, body.code]).toEqual([character, 400, 20001]);
    }
    expect((await api.upload(asset, { path: '/-._~!*=%25[]|/ü' })).status).toBe(201);
  });

  it('may have a path of 255 characters and no more', async () => {
    const api = await start();
    const asset = await assetOf(api);
    expect((await api.upload(asset, { path: `/${'x'.repeat(254)}` })).status).toBe(201);
    expect((await api.upload(asset, { path: `/${'x'.repeat(255)}` })).status).toBe(400);
  });

  it.each([
    ['public', 25_000_000],
    ['protected', 25_000_000],
    ['private', 10_000_000],
  ])('may be as large as documented when it is %s', async (visibility, bytes) => {
    const api = await start();
    const asset = await assetOf(api);
    const content = new Uint8Array(bytes + 1);
    const largest = { path: '/a', visibility, content: content.subarray(1) };
    expect((await api.upload(asset, largest)).status).toBe(201);
    const { status, body } = await api.upload(asset, { ...largest, content });
    expect([status, body.code]).toEqual([413, 20413]);
  });

  it.each(['Path', 'Visibility', 'Content'])('is refused without %s', async (name) => {
    const api = await start();
    const form = new FormData();
    form.set('Path', '/a');
    form.set('Visibility', 'public');
    form.set('Content', new Blob(['x']), 'a.mp3');
    form.delete(name);
    const { status, body } = await api.send('POST', `${await assetOf(api)}/Versions`, form);
    expect([status, body.code]).toEqual([400, 20001]);
    expect(body.message).toBe(`Missing required parameter ${name} in the post body`);
  });

  it('is refused with an unknown visibility', async () => {
    const api = await start();
    const { body } = await api.upload(await assetOf(api), { path: '/a', visibility: 'secret' });
    expect(body.message).toMatch(/^Visibility is invalid/);
  });

  it('is refused when it is no multipart form, or only half of one', async () => {
    const api = await start();
    const versions = `${await assetOf(api)}/Versions`;
    expect((await api.post(versions, { Path: '/a', Visibility: 'public' })).status).toBe(400);
    const half = new Blob(['--x\r\nContent-Disposition: form-data; name="Path"\r\n\r\n/a'], {
      type: 'multipart/form-data; boundary=x',
    });
    expect((await api.send('POST', versions, half)).status).toBe(400);
  });

  it('is refused with 404 for an unknown Asset', async () => {
    const api = await start();
    const asset = await assetOf(api);
    expect((await api.upload(asset.replace('Assets', 'Functions'), { path: '/a' })).status).toBe(
      404,
    );
    expect((await api.get(`${asset}/Versions`)).body.asset_versions).toEqual([]);
  });

  it('can be read back when it is a Function, never when it is an Asset', async () => {
    const api = await start();
    const service = await api.service();
    const source = 'exports.handler = () => "日本";';
    const fn = await api.function(service, { path: '/f', content: source });
    const asset = await api.asset(service, { path: '/a', content: source });
    const of = (kind: string, { file, version }: typeof fn) =>
      api.get(`/Services/${service}/${kind}/${file}/Versions/${version}/Content`);
    expect((await of('Functions', fn)).body.content).toBe(source);
    expect((await of('Assets', asset)).status).toBe(404);
  });
});
