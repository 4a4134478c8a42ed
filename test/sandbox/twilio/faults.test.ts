import type { RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { RequestInfo } from '../../../sandbox/twilio';
import { Api, serve, start } from '../../helpers/sandbox/twilio-harness';

/** A stand-in behind a listener of the test's own. */
async function wrapped(wrap: (inner: RequestListener) => RequestListener) {
  const seen: RequestInfo[] = [];
  const direct = await start({ onRequest: (info) => seen.push(info) });
  const url = await serve(wrap(direct.twilio.listener));
  return { direct, seen, faulty: new Api(url, direct.twilio, direct.clock) };
}

const service = { UniqueName: 'prompts', FriendlyName: 'prompts' };

describe('a test that wraps the listener', () => {
  it('can break a connection before the effect', async () => {
    const { direct, seen, faulty } = await wrapped(() => (request) => request.socket.destroy());
    await expect(faulty.post('/Services', service)).rejects.toThrow('fetch failed');
    expect(seen).toEqual([]);
    expect((await direct.get('/Services')).body.services).toEqual([]);
  });

  it('can break a connection after the effect, which stays', async () => {
    const { direct, seen, faulty } = await wrapped((inner) => (request, response) => {
      response.end = () => response.destroy();
      inner(request, response);
    });
    await expect(faulty.post('/Services', service)).rejects.toThrow('fetch failed');
    expect(seen).toEqual([{ method: 'POST', path: '/v1/Services', status: 201 }]);
    expect((await direct.get('/Services/prompts')).status).toBe(200);
  });

  it('leaves no half of an upload behind when it breaks one off', async () => {
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
