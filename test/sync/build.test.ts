import { describe, expect, it } from '@jest/globals';
import type { ListOrder } from '../../sandbox/twilio';
import {
  decodeManifest,
  EMPTY_MANIFEST,
  MANIFEST_FUNCTION,
  type Manifest,
} from '../../src/manifest';
import { assetPath } from '../../src/sync/asset-path';
import {
  buildsInProgress,
  findMatchingBuild,
  manifestFunction,
  prepareBuild,
} from '../../src/sync/build';
import { carryOverOf, fingerprint, manifestVersionOf, markerOf } from '../../src/sync/carry-over';
import { type LiveBuild, type Plan, plan } from '../../src/sync/plan';
import type { Build, Version } from '../../src/twilio/resources';
import type { Serverless } from '../../src/twilio/serverless';
import { object } from '../helpers/sync/values';
import { type Account, openAccount } from '../helpers/twilio/account';

const MINUTE = 60_000;
const dependencies = [{ name: '@twilio/runtime-handler', version: '2.0.1' }];

interface Company {
  readonly account: Account;
  /** A Build of the toolkit's, live. */
  readonly live: LiveBuild;
  /** The Asset version of a.mp3, uploaded and in no Build. */
  readonly uploaded: Version;
}

async function company(listOrder: ListOrder = 'newest', buildMs = 0): Promise<Company> {
  const account = await openAccount({ listOrder, buildMs });
  const { api, service, twilio, environment, clock } = account;
  const voice = await api.function(service, { path: '/voice', visibility: 'protected' });
  const flow = await api.asset(service, { path: '/call-flow.json', visibility: 'private' });
  const { sid } = await twilio.createBuild({
    assetVersions: [flow.version],
    functionVersions: [voice.version],
    dependencies,
    runtime: 'node22',
  });
  await clock.sleep(buildMs);
  await twilio.deploy(environment, sid);
  const build = await twilio.build(sid);
  const path = assetPath('a.mp3', object('a.mp3').etag);
  const asset = await api.asset(service, { path });
  const uploaded: Version = {
    sid: asset.version,
    resourceSid: asset.file,
    path,
    visibility: 'public',
  };
  return {
    account,
    live: { build, carryOver: carryOverOf(build), manifest: EMPTY_MANIFEST },
    uploaded,
  };
}

/** A plan that wants a.mp3, and whatever `changes` say. */
function planOf({ live, uploaded }: Company, changes: Partial<Plan> = {}): Plan {
  const planned = plan([object('a.mp3')], live, [{ assets: [uploaded], liveUntil: 0 }], {
    nowEpochSeconds: 0,
    visibility: 'public',
    selects: () => true,
    flowKeys: new Set(),
    judged: new Map(),
    notGiven: new Map(),
    bucketName: 'prompts',
    prefix: '',
    proxyPrefix: '',
    maxObjectBytes: 25_000_000,
    retentionSeconds: 4 * 3600,
    maxVanishedShare: 1,
    force: true,
  });
  return { ...planned, ...changes };
}

async function startBuild(twilio: Serverless, planned: Plan, live: LiveBuild): Promise<Build> {
  return twilio.createBuild(
    await prepareBuild(
      twilio,
      planned,
      { live, isDeploy: false },
      await manifestFunction(twilio, live),
    ),
  );
}

const retiredAt = (time: number): Manifest => ({
  ...EMPTY_MANIFEST,
  retired: new Map([[assetPath('gone.mp3', '"e"'), time]]),
});

describe('prepareBuild', () => {
  it('builds the carry-over, the audio and the manifest, and nothing else', async () => {
    const started = await company();
    const { account, live, uploaded } = started;
    const planned = planOf(started);
    const { sid } = await startBuild(account.twilio, planned, live);
    const build = await account.twilio.build(sid);
    expect(fingerprint(carryOverOf(build))).toBe(fingerprint(live.carryOver));
    expect(build.assets.map((asset) => asset.sid)).toContain(uploaded.sid);
    expect(build.assets).toHaveLength(2);
    expect(markerOf(build)?.base).toBe(live.build.sid);
    const manifest = manifestVersionOf(build);
    const source = await account.twilio.functionContent(
      manifest?.resourceSid ?? '',
      manifest?.sid ?? '',
    );
    expect(decodeManifest(source)).toEqual(planned.manifest);
    expect(manifest?.visibility).toBe('private');
  });

  it('adds each manifest to the same Function as a version', async () => {
    const started = await company();
    const { account, live } = started;
    const first = await startBuild(account.twilio, planOf(started), live);
    await startBuild(account.twilio, planOf(started, { manifest: retiredAt(1) }), live);
    const build = await account.twilio.build(first.sid);
    await startBuild(account.twilio, planOf(started), { ...live, build });
    const functions = account.api.twilio.state.services.get(account.service)?.functions.values();
    const manifests = [...(functions ?? [])].filter(
      ({ friendlyName }) => friendlyName === MANIFEST_FUNCTION,
    );
    expect(manifests.map(({ versions }) => versions.size)).toEqual([3]);
  });
});

describe('findMatchingBuild', () => {
  async function isMatching(changes: Partial<Plan>, on?: (live: LiveBuild) => LiveBuild) {
    const started = await company();
    const { account, live } = started;
    const begun = await startBuild(
      account.twilio,
      planOf(started, { manifest: retiredAt(1) }),
      live,
    );
    const candidates = [await account.twilio.build(begun.sid)];
    const planned = planOf(started, { manifest: retiredAt(2), ...changes });
    const matching = await findMatchingBuild(
      account.twilio,
      candidates,
      planned,
      on?.(live) ?? live,
    );
    return matching?.sid === begun.sid;
  }

  it('finds the Build that an earlier run began, although the clock has moved on', async () => {
    expect(await isMatching({})).toBe(true);
  });

  it.each<[string, Partial<Plan>]>([
    ['less audio', { keep: [] }],
    ['another manifest', { manifest: EMPTY_MANIFEST }],
    [
      'another carry-over',
      { carryOver: { assets: [], functions: [], dependencies, runtime: 'node22' } },
    ],
  ])('finds none with %s', async (_, changes) => {
    expect(await isMatching(changes)).toBe(false);
  });

  it('finds none that was made from another Build than the live one', async () => {
    const moved = (live: LiveBuild): LiveBuild => {
      const build: Build = { ...live.build, sid: `ZB${'0'.repeat(32)}` };
      return { ...live, build };
    };
    expect(await isMatching({}, moved)).toBe(false);
  });
});

describe.each<ListOrder>(['newest', 'oldest', 'shuffled'])(
  'buildsInProgress, listed %s',
  (order) => {
    it('finds those Builds of the sync that nobody has deployed, among many', async () => {
      const started = await company(order);
      const { account, live } = started;
      const { twilio, api, service, clock, environment } = account;
      const old = await startBuild(twilio, planOf(started), live);
      await clock.sleep(31 * MINUTE);
      const deployed = await startBuild(twilio, planOf(started), live);
      await twilio.deploy(environment, deployed.sid);
      const functionVersions = live.carryOver.functions.map(({ sid }) => sid);
      const toolkit = { assetVersions: [], functionVersions, dependencies, runtime: 'node22' };
      for (let count = 0; count < 45; count++) await twilio.createBuild(toolkit);
      const wanted = await startBuild(twilio, planOf(started), live);
      const pending = await buildsInProgress(
        twilio,
        await twilio.deployments(environment),
        clock.now(),
      );
      expect(pending.map(({ sid }) => sid)).toEqual([wanted.sid]);
      expect(api.twilio.state.services.get(service)?.builds.has(old.sid)).toBe(true);
    });
  },
);
