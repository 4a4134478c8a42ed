import { once } from 'node:events';
import { get, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  ACCOUNT_SID,
  Api,
  AUTH_TOKEN,
  serve,
  sidOf,
  start,
} from '../../helpers/sandbox/twilio-harness';

describe('an error of the API', () => {
  it.each([
    ['no credentials', undefined],
    ['a wrong token', `Basic ${Buffer.from(`${ACCOUNT_SID}:wrong`).toString('base64')}`],
    ['another scheme', 'Bearer token'],
  ])('is 401 with 20003 for %s', async (_case, authorization) => {
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

  it('is 404 with 20404 and the path for an unknown resource', async () => {
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

  it('is 404 for every kind of SID below a Service, and for unknown paths', async () => {
    const api = await start();
    const service = `/Services/${await api.service()}`;
    const environment = `${service}/Environments/${await api.environment('prompts')}`;
    const none = '0'.repeat(32);
    for (const path of [
      `${service}/Environments/ZE${none}`,
      `${service}/Environments/ZE${none}/Variables`,
      `${service}/Assets/ZH${none}/Versions`,
      `${service}/Functions/ZH${none}/Versions/ZN${none}/Content`,
      `${service}/Builds/ZB${none}`,
      `${service}/Builds/ZB${none}/Status`,
      `${environment}/Cats`,
      '/services',
    ]) {
      expect([path, (await api.get(path)).body.code]).toEqual([path, 20404]);
    }
    const variable = `${environment}/Variables/ZV${none}`;
    expect((await api.post(variable, { Value: 'x' })).body.code).toBe(20404);
    expect((await api.delete(`${service}/Assets/ZH${none}`)).body.code).toBe(20404);
  });

  it('names a missing parameter', async () => {
    const api = await start();
    const { status, body } = await api.post('/Services', { FriendlyName: 'prompts' });
    expect(status).toBe(400);
    expect(body.code).toBe(20001);
    expect(body.message).toBe('Missing required parameter UniqueName in the post body');
  });

  it('names a parameter that is given twice, too long, or of the wrong kind', async () => {
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

  it('is 400 for a broken escape in the path', async () => {
    const api = await start();
    expect((await api.get('/Services/%zz')).status).toBe(400);
  });
});

describe('a host of Twilio', () => {
  const account = `/2010-04-01/Accounts/${ACCOUNT_SID}`;

  it.each([
    ['serverless.twilio.com', '/v1/Services'],
    ['api.twilio.com', `${account}/IncomingPhoneNumbers.json`],
    ['monitor.twilio.com', '/v1/Alerts'],
  ])('%s serves %s, and no other host does', async (host, path) => {
    const api = await start();
    const statusAt = async (name: string) => {
      const options = { auth: `${ACCOUNT_SID}:${AUTH_TOKEN}`, headers: { host: name } };
      const [response] = await once(get(api.url + path, options), 'response');
      response.resume();
      return response.statusCode;
    };
    expect(await statusAt(host)).toBe(200);
    expect(await statusAt('localhost')).toBe(200);
    for (const name of ['serverless', 'serverless-upload', 'api', 'monitor']) {
      const other = `${name}.twilio.com`;
      if (other !== host) expect(await statusAt(other)).toBe(404);
    }
  });
});

/** Begins an upload and leaves it open: its request is in progress until `end`. */
async function unfinishedUpload(api: Api, path: string) {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
  socket.write(
    [
      `POST /v1${path}/Versions HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Authorization: Basic ${basic}`,
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 1000',
      'Expect: 100-continue',
      '',
      '',
    ].join('\r\n'),
  );
  // The server says "continue" as it hands the request over.
  await new Promise((resolve) => socket.once('data', resolve));
  return {
    end: async () => {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
      await closed;
    },
  };
}

describe('the limit of concurrent requests', () => {
  it('refuses a request with 429, 20429 and Retry-After, which does nothing', async () => {
    const api = await start({ limits: { concurrentRequests: 1 } });
    const service = await api.service();
    const assets = `/Services/${service}/Assets`;
    const asset = sidOf(await api.post(assets, { FriendlyName: 'a' }));
    const upload = await unfinishedUpload(api, `${assets}/${asset}`);

    const refused = await api.post(assets, { FriendlyName: 'b' });
    expect([refused.status, refused.body.code]).toEqual([429, 20429]);
    expect(refused.headers.get('retry-after')).toBe('1');

    await upload.end();
    let after = await api.get(assets);
    while (after.status === 429) after = await api.get(assets);
    expect(after.body.assets).toHaveLength(1);
    expect((await api.get(`${assets}/${asset}/Versions`)).body.asset_versions).toEqual([]);
  });

  it('is 100 by default', async () => {
    const api = await start();
    const assets = `/Services/${await api.service()}/Assets`;
    const asset = sidOf(await api.post(assets, { FriendlyName: 'a' }));
    const begin = () => unfinishedUpload(api, `${assets}/${asset}`);
    const uploads = await Promise.all(Array.from({ length: 99 }, begin));
    expect((await api.get(assets)).status).toBe(200);
    uploads.push(await begin());
    expect((await api.get(assets)).status).toBe(429);
    await Promise.all(uploads.map(({ end }) => end()));
  });

  it('lets all other requests pass, one after another', async () => {
    const api = await start({ limits: { concurrentRequests: 2 } });
    for (let count = 0; count < 10; count += 1) {
      const pair = [api.get('/Services'), api.get('/Services')];
      for (const { status } of await Promise.all(pair)) expect(status).toBe(200);
    }
  });
});

/** A stand-in, and the same behind a listener of the test's own. */
async function wrapped(wrap: (inner: RequestListener) => RequestListener) {
  const direct = await start();
  const url = await serve(wrap(direct.twilio.listener));
  return { direct, faulty: new Api(url, direct.twilio, direct.clock) };
}

const service = { UniqueName: 'prompts', FriendlyName: 'prompts' };

describe('a connection that breaks', () => {
  it('before the request leaves no trace', async () => {
    const { direct, faulty } = await wrapped(() => (request) => request.socket.destroy());
    await expect(faulty.post('/Services', service)).rejects.toThrow('fetch failed');
    expect((await direct.get('/Services')).body.services).toEqual([]);
  });

  it('before the response leaves what the request did', async () => {
    const { direct, faulty } = await wrapped((inner) => (request, response) => {
      response.end = () => response.destroy();
      inner(request, response);
    });
    await expect(faulty.post('/Services', service)).rejects.toThrow('fetch failed');
    expect((await direct.get('/Services/prompts')).status).toBe(200);
  });

  it('in the middle of an upload leaves no version', async () => {
    const { direct, faulty } = await wrapped((inner) => (request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > 100_000) request.destroy();
      });
      inner(request, response);
    });
    const { file } = await direct.asset(await direct.service(), { path: '/a' });
    const asset = `/Services/prompts/Assets/${file}`;
    const large = { path: '/b', content: new Uint8Array(5_000_000) };
    await expect(faulty.upload(asset, large)).rejects.toThrow('fetch failed');
    expect((await direct.get(`${asset}/Versions`)).body.asset_versions).toHaveLength(1);
  });
});
