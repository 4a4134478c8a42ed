import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAssetPath } from '../../src/sync/asset-path';
import { sample } from '../helpers/full';
import { audio, Buckets, HOUR, Rig } from '../helpers/sync/rig';

const before = { 'a.mp3': audio('a'), 'b.mp3': audio('b') };
const after = { 'a.mp3': audio('new a'), 'b.mp3': audio('b'), 'c.mp3': audio('c') };

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({ before, after });
});
afterAll(() => buckets.stop());

interface Company {
  readonly rig: Rig;
  /** The Build that the toolkit deployed, and the sync's that is live now. */
  readonly deployed: string;
  readonly synced: string;
}

async function company(): Promise<Company> {
  const rig = await new Rig(buckets).start();
  const deployed = rig.toolkitDeploy();
  await rig.run('before');
  rig.time += 600_000;
  rig.wire.reset();
  return { rig, deployed, synced: rig.live.buildSid };
}

async function countCalls(): Promise<number> {
  const { rig } = await company();
  await rig.run('after');
  await rig.stop();
  return rig.wire.calls.length;
}

/** SIDs of the Function versions of a Build, without the manifest. */
function codeOf(rig: Rig, buildSid: string): string[] {
  const functions = rig.service.builds.get(buildSid)?.functions ?? [];
  return functions
    .filter(({ path }) => !path.includes('audio'))
    .map(({ sid }) => sid)
    .sort();
}

/** After a run without faults: whether this code is live, and the audio of `after`. */
async function problemAfterNextRun(rig: Rig, code: readonly string[]): Promise<string | undefined> {
  rig.wire.reset();
  const { outcome, error } = await rig.run('after');
  if (outcome?.status !== 'done') return `the next run ended with ${outcome?.status ?? error}`;
  if (codeOf(rig, rig.live.buildSid).join() !== code.join()) return 'other code is live';
  for (const [path, body] of await rig.expected('after')) {
    if (!rig.liveAudio.get(path)?.equals(body)) return `${path} is not live`;
  }
  rig.wire.reset();
  const again = await rig.run('after');
  return again.outcome?.report.buildSid && 'a further run made another Build';
}

type Happening = (company: Company) => string;

/** Deploys new code; returns the Build whose code must be live in the end. */
const toolkitDeploy: Happening = ({ rig }) => rig.toolkitDeploy();

const KILLS = [undefined, 'killed before the effect', 'killed after the effect'] as const;

/** Lets `happen` happen before each call of a run in turn, and kills the run there or does not. */
async function problems(
  happen: Happening,
  kills: readonly (typeof KILLS)[number][],
  sampleSize: number,
) {
  const calls = await countCalls();
  const all = Array.from({ length: calls }, (_, at) =>
    kills.flatMap((kind) =>
      (kind ? [0, 1] : [0]).map((delay) => ({ at, kind, killedAt: at + delay })),
    ),
  ).flat();
  const cases = sample(all, sampleSize);
  const found: string[] = [];
  for (const { at, kind, killedAt } of cases) {
    const started = await company();
    const { rig } = started;
    let final = '';
    rig.wire.before = ({ index }) => {
      if (index === at) final = happen(started);
    };
    if (kind) rig.wire.fault = { at: killedAt, kind };
    await rig.run('after');
    const problem = await problemAfterNextRun(rig, codeOf(rig, final));
    if (problem) found.push(`before call ${at}, ${kind ?? 'alive'} at ${killedAt}: ${problem}`);
    await rig.stop();
  }
  return { found, cases: cases.length };
}

describe('a deploy of the toolkit', () => {
  it('is live after the next run, with the audio, wherever it comes and wherever the run is killed', async () => {
    const { found, cases } = await problems(toolkitDeploy, KILLS, 5);
    console.info(`Deploy races: ${cases} cases`);
    expect(found).toEqual([]);
  }, 300_000);

  it('counts as the newer of two within one second if it is live', async () => {
    for (const listOrder of ['newest', 'oldest', 'shuffled'] as const) {
      const rig = await new Rig(buckets, { listOrder }).start();
      rig.toolkitDeploy();
      const newer = rig.toolkitDeploy();
      await rig.run('before');
      expect(await problemAfterNextRun(rig, codeOf(rig, newer))).toBeUndefined();
      await rig.stop();
    }
  });

  it('keeps the URLs of calls in progress once the audio is back, and uploads nothing again', async () => {
    const { rig } = await company();
    const audible = [...rig.liveAudio.keys()];
    rig.toolkitDeploy();
    expect(rig.liveAudio.size).toBe(0);
    await rig.run('before');
    expect([...rig.liveAudio.keys()].sort()).toEqual(audible.sort());
    expect([...rig.uploads.values()].filter((count) => count > 1)).toEqual(
      rig.uploads.has('/logo.png') ? [2, 2] : [],
    );
    await rig.stop();
  });
});

describe("a person's rollback", () => {
  it.each<[string, Happening]>([
    ['to a Build of the toolkit', ({ rig, deployed }) => rig.activate(deployed)],
    [
      'to an older Build of the sync',
      ({ rig, synced }) => {
        if (rig.live.buildSid === synced) rig.toolkitDeploy();
        // Nobody rolls back within the second: Twilio's dates could not tell the two apart.
        rig.time += 1000;
        return rig.activate(synced);
      },
    ],
  ])(
    '%s stands, wherever it happens',
    async (_, rollback) => {
      const { found } = await problems(rollback, [undefined, 'killed after the effect'], 3);
      expect(found).toEqual([]);
    },
    300_000,
  );
});

describe('two runs at once', () => {
  it('end with the audio and the newest code, whatever is deployed meanwhile', async () => {
    const calls = await countCalls();
    const found: string[] = [];
    const all = Array.from({ length: Math.ceil((calls * 2) / 3) }, (_, index) => index * 3);
    for (const at of sample(all, 2)) {
      const { rig, synced } = await company();
      let final = synced;
      rig.wire.before = ({ index }) => {
        if (index === at) final = rig.toolkitDeploy();
      };
      await Promise.all([rig.run('after'), rig.run('after')]);
      const problem = await problemAfterNextRun(rig, codeOf(rig, final));
      if (problem) found.push(`before call ${at}: ${problem}`);
      await rig.stop();
    }
    expect(found).toEqual([]);
  }, 300_000);
});

describe('two runs that deploy one Build', () => {
  it.each(['newest', 'oldest', 'shuffled'] as const)(
    'lose no deploy that lands between them, with lists in the order %s',
    async (listOrder) => {
      const rig = await new Rig(buckets, { listOrder }).start();
      rig.toolkitDeploy();
      await rig.run('before');
      rig.time += 600_000;
      let final = '';
      rig.wire.before = ({ method, path }) => {
        if (final || method !== 'POST' || !path.endsWith('/Deployments')) return;
        // The other run was faster, and a deploy came after it.
        rig.activate([...rig.service.builds.keys()].at(-1) ?? '');
        rig.time += 2000;
        final = rig.toolkitDeploy();
        rig.time += 2000;
      };
      await rig.run('after');
      expect(await problemAfterNextRun(rig, codeOf(rig, final))).toBeUndefined();
      await rig.stop();
    },
  );
});

describe('a run that has waited long before it deploys', () => {
  it('does not deploy a Build that another run deployed and a person rolled back', async () => {
    const { rig } = await company();
    const base = rig.live.buildSid;
    let hasBuilt = false;
    let hasRolledBack = false;
    let final = '';
    rig.wire.before = ({ to, method, path }) => {
      if (to !== 'Twilio' || final !== '') return;
      if (method === 'POST' && path.endsWith('/Builds')) hasBuilt = true;
      if (hasBuilt && !hasRolledBack && method === 'GET' && path.includes('/Deployments')) {
        hasRolledBack = true;
        rig.activate([...rig.service.builds.keys()].at(-1) ?? '');
        rig.time += 31_000;
        rig.activate(base);
        rig.time += 2000;
      }
      if (hasRolledBack && method === 'POST' && path.endsWith('/Deployments')) {
        final = rig.toolkitDeploy();
        rig.time += 2000;
      }
    };
    await rig.run('after');
    expect(hasRolledBack).toBe(true);
    expect(await problemAfterNextRun(rig, codeOf(rig, final))).toBeUndefined();
    await rig.stop();
  });
});

describe('another environment of the Service', () => {
  it('is never touched, and never loses an Asset', async () => {
    const { rig } = await company();
    const production = rig.addEnvironment('prod');
    rig.toolkitDeploy(production);
    await rig.run('before', { environment: production });
    const live = production.build;
    const prompts = (live?.assets ?? []).filter(({ path }) => isAssetPath(path));
    expect(prompts).toHaveLength(2);
    for (let day = 0; day < 3; day++) {
      rig.time += 30 * HOUR;
      await rig.run(day % 2 === 0 ? 'after' : 'before');
    }
    expect(production.build).toBe(live);
    for (const { fileSid } of prompts) expect(rig.service.assets.has(fileSid)).toBe(true);
    await rig.stop();
  });
});

describe('time', () => {
  it('takes a retired path out of the Build after four hours, and its Asset away after a day', async () => {
    const { rig } = await company();
    const [old = ''] = [...(await rig.expected('before')).keys()].filter((path) =>
      /\/a\./.test(path),
    );
    await rig.run('after');
    rig.time += 4 * HOUR - 60_000;
    await rig.run('after');
    expect(await rig.statusOf(old)).toBe(200);
    rig.time += 2 * 60_000;
    await rig.run('after');
    expect(await rig.statusOf(old)).toBe(404);
    expect(rig.uploads.has(old)).toBe(true);
    rig.time += 26 * HOUR;
    await rig.run('before');
    rig.time += HOUR;
    await rig.run('after');
    const kept = [...rig.service.assets.values()].map(({ friendlyName }) => friendlyName);
    expect(kept.filter((name) => name.startsWith(old)).length).toBeLessThanOrEqual(1);
    await rig.stop();
  });
});
