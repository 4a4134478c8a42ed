import { describe, expect, it } from '@jest/globals';
import { HOUR, START, sidOf, start } from '../../helpers/sandbox/twilio-harness';

const DAY = 24 * HOUR;

async function prepare() {
  const api = await start();
  const service = await api.service();
  const environment = await api.environment(service);
  const asset = await api.asset(service, { path: '/a' });
  const at = (path: string) => `/Services/${service}/${path}`;
  const gone = async (path: string) => (await api.get(at(path))).status === 404;
  return { api, service, environment, asset, at, gone };
}

describe('retention', () => {
  it('removes a Build that was never live after 24 hours', async () => {
    const { api, service, asset, gone } = await prepare();
    const build = await api.build(service, { AssetVersions: asset.version });
    api.clock.time = START + DAY - 1;
    expect(await gone(`Builds/${build}`)).toBe(false);
    api.clock.time = START + DAY;
    expect(await gone(`Builds/${build}`)).toBe(true);
  });

  it('keeps a live Build for ever, and a replaced one 24 hours from then', async () => {
    const { api, service, environment, asset, gone } = await prepare();
    const first = await api.deploy(service, environment, [asset.version]);
    api.clock.time = START + 30 * DAY;
    expect(await gone(`Builds/${first}`)).toBe(false);
    const second = await api.deploy(service, environment, [asset.version]);
    api.clock.time += DAY - 1;
    expect(await gone(`Builds/${first}`)).toBe(false);
    api.clock.time += 1;
    expect(await gone(`Builds/${first}`)).toBe(true);
    expect(await gone(`Builds/${second}`)).toBe(false);
    expect(await gone(`Assets/${asset.file}/Versions/${asset.version}`)).toBe(false);
  });

  it('counts a deleted environment’s Build as replaced', async () => {
    const { api, service, environment, asset, at, gone } = await prepare();
    const build = await api.deploy(service, environment, [asset.version]);
    api.clock.time = START + 5 * DAY;
    await api.delete(at(`Environments/${environment}`));
    api.clock.time += DAY - 1;
    expect(await gone(`Builds/${build}`)).toBe(false);
    api.clock.time += 1;
    expect(await gone(`Builds/${build}`)).toBe(true);
  });

  it('removes a version that no Build has held for 7 days, then its Asset after 7 more', async () => {
    const { api, asset, at, gone } = await prepare();
    const version = `Assets/${asset.file}/Versions/${asset.version}`;
    api.clock.time = START + 7 * DAY - 1;
    expect(await gone(version)).toBe(false);
    api.clock.time = START + 7 * DAY;
    expect(await gone(version)).toBe(true);
    const build = await api.post(at('Builds'), { AssetVersions: asset.version });
    expect([build.status, build.body.code]).toEqual([400, 20001]);
    api.clock.time = START + 14 * DAY - 1;
    expect(await gone(`Assets/${asset.file}`)).toBe(false);
    api.clock.time = START + 14 * DAY;
    expect(await gone(`Assets/${asset.file}`)).toBe(true);
  });

  it('counts a version’s 7 days from the end of its last Build, even if nobody looked', async () => {
    const { api, service, asset, at, gone } = await prepare();
    const version = `Assets/${asset.file}/Versions/${asset.version}`;
    await api.build(service, { AssetVersions: asset.version });
    api.clock.time = START + 8 * DAY - 1;
    expect(await gone(version)).toBe(false);
    api.clock.time = START + 8 * DAY;
    expect(await gone(version)).toBe(true);

    const again = sidOf(await api.upload(at(`Assets/${asset.file}`), { path: '/a' }));
    const build = await api.build(service, { AssetVersions: again });
    api.clock.time += HOUR;
    await api.delete(at(`Builds/${build}`));
    api.clock.time += 7 * DAY - 1;
    expect(await gone(`Assets/${asset.file}/Versions/${again}`)).toBe(false);
    api.clock.time += 1;
    expect(await gone(`Assets/${asset.file}/Versions/${again}`)).toBe(true);
  });

  it('removes an Asset and a Function that never had a version after 7 days', async () => {
    const { api, at, gone } = await prepare();
    const empty = sidOf(await api.post(at('Functions'), { FriendlyName: 'f' }));
    api.clock.time = START + 7 * DAY - 1;
    expect(await gone(`Functions/${empty}`)).toBe(false);
    api.clock.time = START + 7 * DAY;
    expect(await gone(`Functions/${empty}`)).toBe(true);
  });
});
