import { describe, expect, it } from '@jest/globals';
import type { ListOrder } from '../../sandbox/twilio';
import { manifestPath } from '../../src/manifest';
import { assetName, assetPath } from '../../src/sync/asset-path';
import { fingerprint } from '../../src/sync/carry-over';
import { cleanUp } from '../../src/sync/clean-up';
import { HOUR } from '../helpers/sandbox/twilio-harness';
import { type Account, answering, type Fault, openAccount } from '../helpers/twilio/account';

const DAY = 24 * HOUR;
const RETENTION = 4 * HOUR;

/** An Asset of the sync's, named after its upload; returns both SIDs. */
async function uploadPrompt({ twilio }: Account, key: string) {
  const path = assetPath(key, '"e"');
  const asset = await twilio.createResource('Assets', assetName(path));
  const content = Buffer.from(key);
  const file = { path, visibility: 'public', content, contentType: 'audio/mpeg' } as const;
  const version = await twilio.upload('Assets', asset, file);
  await twilio.renameAsset(asset, assetName(path, { sid: version, visibility: 'public' }));
  return { asset, version };
}

/** A Build of the toolkit's that holds these Asset versions. */
async function build({ twilio }: Account, versions: readonly string[]): Promise<string> {
  const contents = { assetVersions: [...versions], functionVersions: [], dependencies: [] };
  return (await twilio.createBuild({ ...contents, runtime: 'node22' })).sid;
}

/** Something to be live where the prompts are not. */
async function otherBuild(account: Account): Promise<string> {
  const { version } = await account.api.asset(account.service, { path: `/other/${Math.random()}` });
  return build(account, [version]);
}

const run = ({ twilio, clock }: Account, deadline = Number.POSITIVE_INFINITY) =>
  cleanUp({ twilio, clock, deadline, concurrency: 2, retentionSeconds: RETENTION / 1000 });

const left = (account: Account) => [
  ...(account.api.twilio.state.services.get(account.service)?.assets.keys() ?? []),
];

const shapes: { listOrder: ListOrder; buildVisibility: 'lower' | 'upper' }[] = [
  { listOrder: 'newest', buildVisibility: 'lower' },
  { listOrder: 'oldest', buildVisibility: 'upper' },
  { listOrder: 'shuffled', buildVisibility: 'upper' },
];

describe.each(shapes)(
  'clean-up, where lists are $listOrder and in $buildVisibility case',
  (shape) => {
    it('deletes what no call can play, and nothing that is young or not the sync’s', async () => {
      const account = await openAccount(shape);
      await uploadPrompt(account, 'old.mp3');
      await account.twilio.createResource('Assets', assetName(assetPath('begun.mp3', '"e"')));
      const foreign = await account.twilio.createResource('Assets', '/audio/song.mp3');
      await account.clock.sleep(DAY);
      const young = await uploadPrompt(account, 'young.mp3');
      await account.clock.sleep(1);
      expect(await run(account)).toBe(2);
      expect(left(account)).toEqual([foreign, young.asset]);
    });

    it('leaves what is live in any environment, however old it is', async () => {
      const account = await openAccount(shape);
      const here = await uploadPrompt(account, 'here.mp3');
      const there = await uploadPrompt(account, 'there.mp3');
      const production = await account.api.environment(account.service, 'production');
      await account.twilio.deploy(account.environment, await build(account, [here.version]));
      await account.twilio.deploy(production, await build(account, [there.version]));
      await account.clock.sleep(30 * DAY);
      expect(await run(account)).toBe(0);
      expect(left(account)).toEqual([here.asset, there.asset]);
    });

    it('leaves what was live within the retention, and deletes it later', async () => {
      const account = await openAccount(shape);
      const { twilio, environment, clock } = account;
      const prompt = await uploadPrompt(account, 'a.mp3');
      await twilio.deploy(environment, await build(account, [prompt.version]));
      await clock.sleep(2 * DAY);
      await twilio.deploy(environment, await otherBuild(account));
      await clock.sleep(RETENTION - 1000);
      expect(await run(account)).toBe(0);
      await clock.sleep(1000);
      expect(await run(account)).toBe(1);
      expect(left(account)).not.toContain(prompt.asset);
    });

    it('leaves what was live for less than a second at the edge of the retention', async () => {
      const account = await openAccount(shape);
      const { twilio, environment, clock } = account;
      const prompts = await Promise.all(
        ['a.mp3', 'b.mp3'].map((key) => uploadPrompt(account, key)),
      );
      await clock.sleep(2 * DAY);
      for (const { version } of prompts)
        await twilio.deploy(environment, await build(account, [version]));
      await clock.sleep(HOUR);
      await twilio.deploy(environment, await otherBuild(account));
      await clock.sleep(RETENTION - 1000);
      expect(await run(account)).toBe(0);
    });
  },
);

describe('clean-up', () => {
  it('leaves what another run has built and not deployed yet', async () => {
    const account = await openAccount();
    const { asset, version } = await uploadPrompt(account, 'a.mp3');
    await account.clock.sleep(2 * DAY);
    const dependencies = [{ name: '@twilio/runtime-handler', version: '2.0.1' }];
    const carryOver = { assets: [], functions: [], dependencies, runtime: 'node22' };
    const marker = {
      fingerprint: fingerprint(carryOver),
      base: `ZB${'0'.repeat(32)}`,
      hash: '0'.repeat(32),
    };
    const manifest = await account.api.function(account.service, {
      path: manifestPath(marker),
      visibility: 'private',
    });
    const contents = { assetVersions: [version], functionVersions: [manifest.version] };
    await account.twilio.createBuild({ ...contents, dependencies, runtime: 'node22' });
    expect(await run(account)).toBe(0);
    expect(left(account)).toEqual([asset]);
  });

  it('goes on when an Asset is in use, which stays, or gone, which counts as deleted', async () => {
    const account = await openAccount();
    for (const key of ['a.mp3', 'b.mp3', 'c.mp3']) await uploadPrompt(account, key);
    await account.clock.sleep(2 * DAY);
    deletionsMeet(account, [answering(409), answering(404)]);
    expect(await run(account)).toBe(2);
  });

  it('throws any other refusal', async () => {
    const account = await openAccount();
    await uploadPrompt(account, 'a.mp3');
    await account.clock.sleep(2 * DAY);
    deletionsMeet(account, [answering(403)]);
    await expect(run(account)).rejects.toMatchObject({ status: 403 });
  });

  it.each([
    ['the environments', /Environments$/],
    ['the Deployments of another environment', /Deployments$/],
    ['the live Build of another environment', /Builds\/ZB\w+$/],
    ['the Builds', /Builds$/],
  ])('deletes nothing when it cannot read %s', async (_, unreadable) => {
    const account = await openAccount();
    const production = await account.api.environment(account.service, 'production');
    const prompt = await uploadPrompt(account, 'a.mp3');
    await account.twilio.deploy(production, await build(account, [prompt.version]));
    await uploadPrompt(account, 'nobody.mp3');
    await account.clock.sleep(2 * DAY);
    account.refuse = (path) => (unreadable.test(path) ? answering(404) : undefined);
    await expect(run(account)).rejects.toMatchObject({ status: 404 });
    expect(left(account)).toHaveLength(2);
  });

  it('begins no deletion after its deadline', async () => {
    const account = await openAccount();
    await uploadPrompt(account, 'a.mp3');
    await account.clock.sleep(2 * DAY);
    expect(await run(account, account.clock.now().getTime())).toBe(0);
    expect(left(account)).toHaveLength(1);
  });

  it('sends one request when nothing is old', async () => {
    const account = await openAccount();
    await uploadPrompt(account, 'a.mp3');
    account.requests.length = 0;
    expect(await run(account)).toBe(0);
    expect(account.requests).toHaveLength(1);
  });
});

function deletionsMeet(account: Account, faults: Fault[]): void {
  account.refuse = (_, method) => (method === 'DELETE' ? faults.shift() : undefined);
}
