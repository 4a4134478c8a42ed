import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  ACCOUNT_SID,
  type Api,
  AUTH_TOKEN,
  sidOf,
  start,
} from '../../helpers/sandbox/twilio-harness';

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

describe('concurrency', () => {
  it('above the limit is answered with 429, 20429 and Retry-After, and does nothing', async () => {
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

  it('is limited to 100 requests unless told otherwise', async () => {
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

  it('below it is served, request after request', async () => {
    const api = await start({ limits: { concurrentRequests: 2 } });
    for (let count = 0; count < 10; count += 1) {
      const pair = [api.get('/Services'), api.get('/Services')];
      for (const { status } of await Promise.all(pair)) expect(status).toBe(200);
    }
  });
});
