import { describe, expect, it } from '@jest/globals';
import { HOUR, pluck, START, sidOf, start } from '../../helpers/sandbox/twilio-harness';

const DAY = 24 * HOUR;

async function prepare() {
  const api = await start();
  const service = await api.service();
  const environment = await api.environment(service);
  const asset = await api.asset(service, { path: '/a' });
  const at = (path: string) => `/Services/${service}/${path}`;
  const gone = async (list: string, sid: string) => {
    const reply = await api.get(at(list));
    return !pluck(reply, Object(reply.body.meta).key, 'sid').includes(sid);
  };
  return { api, service, environment, asset, at, gone };
}

describe('retention', () => {
  it('removes a Build that was never live after 24 hours', async () => {
    const { api, service, asset, gone } = await prepare();
    const build = await api.build(service, { AssetVersions: asset.version });
    api.clock.time = START + DAY - 1;
    expect(await gone('Builds', build)).toBe(false);
    api.clock.time = START + DAY;
    expect(await gone('Builds', build)).toBe(true);
  });

  it('keeps a live Build for ever, and a replaced one for 24 hours', async () => {
    const { api, service, environment, asset, gone } = await prepare();
    const first = await api.deploy(service, environment, [asset.version]);
    api.clock.time = START + 30 * DAY;
    expect(await gone('Builds', first)).toBe(false);
    const second = await api.deploy(service, environment, [asset.version]);
    api.clock.time += DAY - 1;
    expect(await gone('Builds', first)).toBe(false);
    api.clock.time += 1;
    expect(await gone('Builds', first)).toBe(true);
    expect(await gone('Builds', second)).toBe(false);
    expect(await gone(`Assets/${asset.file}/Versions`, asset.version)).toBe(false);
  });

  it('keeps the Build of a deleted environment for 24 hours', async () => {
    const { api, service, environment, asset, at, gone } = await prepare();
    const build = await api.deploy(service, environment, [asset.version]);
    api.clock.time = START + 5 * DAY;
    await api.delete(at(`Environments/${environment}`));
    api.clock.time += DAY - 1;
    expect(await gone('Builds', build)).toBe(false);
    api.clock.time += 1;
    expect(await gone('Builds', build)).toBe(true);
  });

  it('removes a version that no Build has held for 7 days, then its Asset after 7 more', async () => {
    const { api, asset, at, gone } = await prepare();
    const versions = `Assets/${asset.file}/Versions`;
    api.clock.time = START + 7 * DAY - 1;
    expect(await gone(versions, asset.version)).toBe(false);
    api.clock.time = START + 7 * DAY;
    expect(await gone(versions, asset.version)).toBe(true);
    const build = await api.post(at('Builds'), { AssetVersions: asset.version });
    expect([build.status, build.body.code]).toEqual([400, 20001]);
    api.clock.time = START + 14 * DAY - 1;
    expect(await gone('Assets', asset.file)).toBe(false);
    api.clock.time = START + 14 * DAY;
    expect(await gone('Assets', asset.file)).toBe(true);
  });

  it('counts a version’s 7 days from the end of its last Build, even if no request came in between', async () => {
    const { api, service, environment, asset, at, gone } = await prepare();
    const versions = `Assets/${asset.file}/Versions`;
    await api.build(service, { AssetVersions: asset.version });
    api.clock.time = START + 8 * DAY - 1;
    expect(await gone(versions, asset.version)).toBe(false);
    api.clock.time = START + 8 * DAY;
    expect(await gone(versions, asset.version)).toBe(true);

    const again = sidOf(await api.upload(at(`Assets/${asset.file}`), { path: '/a' }));
    await api.deploy(service, environment, [again]);
    api.clock.time += HOUR;
    const other = await api.asset(service, { path: '/b' });
    await api.deploy(service, environment, [other.version]);
    api.clock.time += 8 * DAY - 1;
    expect(await gone(versions, again)).toBe(false);
    api.clock.time += 1;
    expect(await gone(versions, again)).toBe(true);
  });

  it('removes an Asset and a Function that never had a version after 7 days', async () => {
    const { api, at, gone } = await prepare();
    const empty = sidOf(await api.post(at('Functions'), { FriendlyName: 'f' }));
    api.clock.time = START + 7 * DAY - 1;
    expect(await gone('Functions', empty)).toBe(false);
    api.clock.time = START + 7 * DAY;
    expect(await gone('Functions', empty)).toBe(true);
  });
});
