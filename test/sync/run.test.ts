import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TwilioOptions } from '../../sandbox/twilio';
import { PlayError } from '../../src/errors';
import { decodeManifest, isManifestPath } from '../../src/manifest';
import { GuardError } from '../../src/sync';
import { FULL } from '../helpers/full';
import { audio, Buckets, HOUR, Rig, type RunResult } from '../helpers/sync/rig';

const many = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`${index}.mp3`, audio(`${index}`)]),
);
const few = { '0.mp3': audio('0') };

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({ many, few, none: {}, burst: {}, cold: {} });
});
afterAll(() => buckets.stop());

async function company(options: Partial<TwilioOptions> = {}): Promise<Rig> {
  const rig = await new Rig(buckets, options).start();
  rig.toolkitDeploy();
  return rig;
}

const kinds = ({ events }: RunResult) => events.map(({ type }) => type);

describe('a run with little time', () => {
  it('does not wait for another run beyond its deadline', async () => {
    const rig = await company({ buildMs: 3500 });
    await rig.run('few', { deadline: rig.time + 1000 });
    const deadline = rig.time + 4000;
    const { outcome } = await rig.run('many', { deadline });
    expect(outcome).toMatchObject({ status: 'pending', reason: 'build' });
    expect(rig.time).toBeLessThan(deadline);
    await rig.stop();
  });

  it('stops at its deadline, and the next runs finish with one Build and no second upload', async () => {
    const rig = await company();
    // Every call takes a fifth of a second of the slice's four.
    rig.wire.before = () => {
      rig.time += 200;
    };
    let slices = 0;
    for (;;) {
      const { outcome } = await rig.run('many', { deadline: rig.time + 4000 });
      slices++;
      if (outcome?.status === 'done') break;
      expect(outcome).toMatchObject({ status: 'pending', retryAfter: expect.any(Number) });
      expect(slices).toBeLessThan(60);
    }
    expect(slices).toBeGreaterThan(3);
    expect([...rig.liveAudio.keys()].sort()).toEqual(
      [...(await rig.expected('many')).keys()].sort(),
    );
    expect(
      Math.max(...[...rig.uploads].map(([path, count]) => (path === '/logo.png' ? 0 : count))),
    ).toBe(1);
    expect(rig.service.builds.size).toBe(2);
    await rig.stop();
  });

  it('adopts the Build that an earlier run began', async () => {
    const rig = await company({ buildMs: 60_000 });
    const first = await rig.run('few', { deadline: rig.time + 5000 });
    expect([first.outcome?.status, kinds(first).at(-1)]).toEqual(['pending', 'building']);
    const second = await rig.run('few');
    expect(second.outcome?.status).toBe('done');
    expect(second.events).toContainEqual(
      expect.objectContaining({ type: 'building', adopted: true }),
    );
    expect(rig.service.builds.size).toBe(2);
    await rig.stop();
  });

  it.each([
    ['waits as a slice', true],
    ['makes its own as the command line, if it has uploaded something,', false],
  ])("%s beside another plan's Build", async (_, isSlice) => {
    const rig = await company({ buildMs: 60_000 });
    await rig.run('few', { deadline: rig.time + 5000 });
    const { outcome, events } = await rig.run('many', { isSlice });
    expect(outcome?.status).toBe('done');
    const waiting = expect.objectContaining({ type: 'waiting', for: 'build' });
    if (isSlice) expect(events).toContainEqual(waiting);
    else expect(events).not.toContainEqual(waiting);
    expect(rig.liveAudio.size).toBe(12);
    expect(rig.service.builds.size).toBe(3);
    await rig.stop();
  });

  it('waits as a slice for a Build that another one has begun while it uploaded its manifest', async () => {
    const rig = new Rig(buckets, { buildMs: 60_000 });
    const wrap = rig.wire.wrap.bind(rig.wire);
    let holds = false;
    rig.wire.wrap = (to, listener) =>
      wrap(to, async (request, response) => {
        if (holds && request.method === 'POST' && /Functions\/ZH/.test(request.url ?? '')) {
          holds = false;
          await rig.run('few', { deadline: rig.time + 5000 });
        }
        listener(request, response);
      });
    await rig.start();
    rig.toolkitDeploy();
    holds = true;
    const { outcome, events } = await rig.run('many', { isSlice: true });
    expect(outcome?.status).toBe('done');
    expect(events).toContainEqual(expect.objectContaining({ type: 'waiting', for: 'build' }));
    expect(rig.liveAudio.size).toBe(12);
    await rig.stop();
  });
});

describe('a guard', () => {
  it.each([
    ['none', '12 prompts are in use'],
    ['few', '11 of 12 prompts vanished from bucket prompts ('],
  ])('stops before anything is built when S3 lists %s', async (bucket, words) => {
    const rig = await company();
    await rig.run('many');
    const live = rig.live.buildSid;
    const { error } = await rig.run(bucket);
    expect(error).toBeInstanceOf(GuardError);
    expect(error).toHaveProperty('message', expect.stringContaining(words));
    expect(rig.service.builds.size).toBe(2);
    expect(rig.live.buildSid).toBe(live);
    const forced = await rig.run(bucket, { force: true });
    expect(forced.outcome).toMatchObject({ status: 'done' });
    await rig.stop();
  });

  it('knows the prompts of a Build that was promoted from another environment', async () => {
    const rig = await company();
    await rig.run('many');
    const production = rig.addEnvironment('prod');
    rig.toolkitDeploy(production);
    rig.time += 60_000;
    rig.activate(rig.live.buildSid, production);
    const { error } = await rig.run('few', { environment: production });
    expect(error).toBeInstanceOf(GuardError);
    await rig.stop();
  });

  it('does not count replaced content', async () => {
    const rig = await company();
    await rig.run('few');
    const { outcome } = await rig.run('many');
    expect(outcome?.report).toMatchObject({ prompts: 12, uploaded: 11 });
    await rig.stop();
  });
});

describe('an object that is not what the listing says', () => {
  it('is listed again, and then uploaded', async () => {
    const rig = await company();
    let listings = 0;
    rig.rewriteListing = (body) =>
      ++listings === 1
        ? body.replace(/&quot;[0-9a-f]{32}&quot;/, `&quot;${'0'.repeat(32)}&quot;`)
        : body;
    const { outcome } = await rig.run('few');
    expect(outcome?.report).toMatchObject({ prompts: 1, uploaded: 1 });
    expect(listings).toBeGreaterThan(1);
    await rig.stop();
  });

  it('stops the run with its key when S3 goes on listing it', async () => {
    const rig = await company();
    rig.rewriteListing = (body) => body.replace('<Key>0.mp3', '<Key>gone.mp3');
    const live = rig.live.buildSid;
    const { error } = await rig.run('few');
    expect(error).toBeInstanceOf(PlayError);
    expect(error).toHaveProperty('message', expect.stringMatching(/gone\.mp3.*still lists it/));
    expect(rig.live.buildSid).toBe(live);
    await rig.stop();
  });
});

describe('a refusal', () => {
  it('names a failed Build by its SID and changes nothing', async () => {
    const rig = await company({ buildFails: ({ assets }) => assets.length > 2 });
    const live = rig.live.buildSid;
    const { error } = await rig.run('few');
    const built = [...rig.service.builds.keys()].at(-1);
    expect(error).toBeInstanceOf(PlayError);
    expect(error).toHaveProperty('message', expect.stringContaining(`${built} failed`));
    expect(rig.live.buildSid).toBe(live);
    await rig.stop();
  });

  it('of the hundred-and-first Build in an hour makes the run pending', async () => {
    const rig = await company({ limits: { buildsPerHour: 1 } });
    const { outcome } = await rig.run('few');
    expect(outcome).toMatchObject({ status: 'pending', retryAfter: 60_000 });
    rig.time += HOUR;
    expect((await rig.run('few')).outcome?.status).toBe('done');
    await rig.stop();
  });
});

describe('what is published', () => {
  it('changes nothing in a dry run', async () => {
    const rig = await company();
    const { outcome, events } = await rig.run('many', { dryRun: true });
    expect(outcome?.report).toMatchObject({ remaining: 12 });
    const [planned, ...intended] = events;
    expect(planned).toMatchObject({ type: 'planned', upload: 12, build: true });
    expect(intended).toHaveLength(12);
    expect(intended).toContainEqual({ type: 'intended', step: 'upload', what: '0.mp3' });
    expect(rig.wire.calls.every(({ method }) => method === 'GET')).toBe(true);
    await rig.stop();
  });

  it('is published again when its visibility changes, at the same path', async () => {
    const rig = await company();
    await rig.run('few');
    await rig.run('few', { visibility: 'protected' });
    const audible = rig.live.assets.filter(({ path }) => path.startsWith('/audio/'));
    expect(audible.map(({ visibility }) => visibility)).toEqual(['protected']);
    expect((await rig.run('few', { visibility: 'protected' })).outcome?.report).not.toHaveProperty(
      'buildSid',
    );
    await rig.stop();
  });

  it('leaves out what is archived, whether its storage class says so or not', async () => {
    await buckets.put('cold', 'warm.mp3', audio('warm'));
    await buckets.put('cold', 'frozen.mp3', audio('frozen'), 'GLACIER');
    for (const shown of ['GLACIER', 'INTELLIGENT_TIERING']) {
      const rig = await company();
      rig.rewriteListing = (body) => body.replace('GLACIER', shown);
      const { outcome } = await rig.run('cold');
      expect(outcome).toMatchObject({
        status: 'done',
        report: { prompts: 1, skipped: [{ key: 'frozen.mp3', reason: 'archived' }] },
      });
      expect((await rig.run('cold')).outcome?.report).not.toHaveProperty('buildSid');
      await rig.stop();
    }
  });

  it('is right with lists of any order', async () => {
    for (const listOrder of ['oldest', 'shuffled'] as const) {
      const rig = await company({ listOrder, buildVisibility: 'upper' });
      await rig.run('many');
      rig.toolkitDeploy();
      const { outcome } = await rig.run('many');
      expect(outcome?.report).toMatchObject({ prompts: 12, uploaded: 0 });
      expect((await rig.run('many')).outcome?.report).not.toHaveProperty('buildSid');
      await rig.stop();
    }
  });
});

describe('a run that finds', () => {
  it('prompts that a deploy took out of the live Build says how many, and since when', async () => {
    const rig = await company();
    await rig.run('many');
    rig.time += 60_000;
    const buildSid = rig.toolkitDeploy();
    const since = new Date(Math.floor(rig.time / 1000) * 1000);
    const dry = await rig.run('many', { dryRun: true });
    const told = { type: 'not live', live: 0, prompts: 12, buildSid, since };
    expect(dry.events).toContainEqual(told);
    const { events } = await rig.run('many');
    expect(events.filter(({ type }) => type === 'not live')).toEqual([told]);
    expect(kinds(await rig.run('many'))).not.toContain('not live');
    await rig.stop();
  });

  it.each<[string, 'Functions' | '/voice', string[]]>([
    ['no Functions', 'Functions', []],
    ['a call flow without /voice', '/voice', ['/menu']],
  ])('%s does its work, and reports that no call is answered', async (_, lacks, functions) => {
    const rig = await company();
    rig.toolkitDeploy(rig.environment, 1, functions);
    const { outcome } = await rig.run('few');
    expect(outcome).toMatchObject({ status: 'done', report: { prompts: 1, lacks } });
    await rig.stop();
  });

  it('keys of the call flow that no call can play reports them, with what was meant', async () => {
    const rig = await company();
    const named = ['0.mp3', '/0.mp3', 'elsewhere/none.mp3', '1O.mp3'];
    const { outcome } = await rig.run('many', {
      flowKeys: new Set(named),
      proxyPrefix: 'elsewhere/',
    });
    const missing = { reason: 'missing', unplayable: true };
    expect(outcome?.report.skipped).toEqual([
      { key: '/0.mp3', ...missing, suggestion: '0.mp3' },
      { key: 'elsewhere/none.mp3', ...missing },
      { key: '1O.mp3', ...missing },
    ]);
    const again = await rig.run('many', { flowKeys: new Set(named) });
    expect(again.outcome?.report).not.toHaveProperty('buildSid');
    await rig.stop();
  });

  it('live keys gone from S3 reports them once, and calls know it ever after', async () => {
    const rig = await company();
    await rig.run('many');
    rig.time += HOUR;
    const { outcome } = await rig.run('few', { force: true });
    expect(outcome?.report.skipped).toHaveLength(11);
    expect(outcome?.report.skipped).toContainEqual({
      key: '7.mp3',
      reason: 'vanished',
      unplayable: true,
    });
    rig.time += HOUR;
    const again = await rig.run('few');
    expect(again.outcome?.report).toMatchObject({ skipped: [] });
    expect(again.outcome?.report).not.toHaveProperty('buildSid');
    const manifest = rig.live.functions.find(({ path }) => isManifestPath(path));
    const { refused } = decodeManifest(manifest?.content.toString() ?? '');
    expect([refused.size, refused.get('7.mp3')?.unplayable]).toEqual([11, true]);
    await rig.stop();
  });

  it('whole code reports nothing of the kind', async () => {
    const rig = await company();
    expect((await rig.run('few')).outcome?.report).not.toHaveProperty('lacks');
    await rig.stop();
  });
});

const BURST = FULL ? 300 : 24;
const BURST_MS = 6000;

describe(`a burst of ${BURST} uploads, each of which starts a run,`, () => {
  it('ends in three Builds at most', async () => {
    const rig = await company();
    const clock = rig.shareTime();
    const modified = new Map<string, string>();
    rig.rewriteListing = (body) =>
      body.replace(
        /<Key>([^<]*)<\/Key><LastModified>[^<]*/g,
        (_, key) => `<Key>${key}</Key><LastModified>${modified.get(key)}`,
      );
    const runs: Promise<RunResult>[] = [];
    let atWork = 0;
    await clock.during(async () => {
      for (let index = 0; index < BURST; index++) {
        const key = `${index}.mp3`;
        modified.set(key, clock.now().toISOString());
        await buckets.put('burst', key, audio(key));
        // As many at once as Twilio would run; the others are sent again later.
        if (atWork < 10) {
          atWork++;
          const options = { debounceMs: 1000, deadline: rig.time + 4000 };
          runs.push(rig.run('burst', options).finally(() => atWork--));
        }
        await clock.sleep(BURST_MS / BURST);
      }
    });
    await Promise.all(runs);
    const last = await Promise.all([
      rig.run('burst', { debounceMs: 1000 }),
      rig.run('burst', { debounceMs: 1000 }),
    ]);
    expect(last.map(({ outcome }) => outcome?.status)).toEqual(['done', 'done']);
    expect(rig.liveAudio.size).toBe(BURST);
    expect(rig.service.builds.size - 1).toBeLessThanOrEqual(3);
    await rig.stop();
  }, 120_000);
});

describe('a prompt that is taken away and comes back', () => {
  it('is heard again without a wait', async () => {
    const rig = await company();
    await rig.run('many');
    const without = { selects: (key: string) => key !== '0.mp3', debounceMs: 3000 };
    expect(kinds(await rig.run('many', without))).not.toContain('waiting');
    const back = await rig.run('many', { debounceMs: 3000 });
    expect(kinds(back)).not.toContain('waiting');
    expect(back.outcome?.report).toMatchObject({ prompts: 12, uploaded: 0 });
    await rig.stop();
  });
});

describe('what the sync repairs', () => {
  it('is live without a wait: the code of a deploy that was lost', async () => {
    const rig = await company();
    await rig.run('many');
    const synced = rig.live.buildSid;
    rig.time += 60_000;
    rig.wire.before = ({ method, path }) => {
      if (method === 'POST' && path.endsWith('/Deployments')) rig.toolkitDeploy();
    };
    await rig.run('few', { force: true });
    expect(rig.live.buildSid).not.toBe(synced);
    rig.wire.reset();
    const repair = await rig.run('few', { force: true, debounceMs: 3000 });
    expect(repair.outcome?.report.buildSid).toBeDefined();
    expect(kinds(repair)).not.toContain('waiting');
    await rig.stop();
  });

  it('is live without a wait: prompts that a promoted Build did not have', async () => {
    const rig = await company();
    await rig.run('many');
    const staging = rig.addEnvironment('staging');
    rig.toolkitDeploy(staging);
    await rig.run('few', { environment: staging });
    rig.time += 60_000;
    rig.activate(staging.build?.sid ?? '');
    const back = await rig.run('many', { debounceMs: 3000 });
    expect(back.outcome?.report).toMatchObject({ prompts: 12, uploaded: 0 });
    expect(kinds(back)).not.toContain('waiting');
    await rig.stop();
  });
});

it('slice after slice gets through a bucket full of files that are not audio', async () => {
  const fake = (key: string) => [key, Buffer.from(`This is not audio: ${key}`)];
  const notes = Array.from({ length: 40 }, (_, index) => fake(`${index}.txt`));
  const pages = Array.from({ length: 40 }, (_, index) => fake(`${index}.mp3`));
  const mixed = { 'z.mp3': audio('z'), ...Object.fromEntries([...notes, ...pages]) };
  const buckets = await Buckets.start({ mixed });
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
  // Every call takes a fifth of a second of the slice's four.
  rig.wire.before = () => {
    rig.time += 200;
  };
  let status: string | undefined = 'pending';
  for (let slice = 0; slice < 20 && status === 'pending'; slice++) {
    status = (await rig.run('mixed', { deadline: rig.time + 4000 })).outcome?.status;
  }
  expect(status).toBe('done');
  expect(rig.liveAudio.size).toBe(1);
  await rig.stop();
  await buckets.stop();
});

it('slices publish prompts before they are through with keys that may be of any file', async () => {
  const odd = Array.from({ length: 200 }, (_, index) => [`${index}`, Buffer.from(`${index}`)]);
  const buckets = await Buckets.start({ odd: { ...Object.fromEntries(odd), 'z.mp3': audio('z') } });
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
  rig.wire.before = () => {
    rig.time += 50;
  };
  let last: RunResult | undefined;
  for (let slice = 0; slice < 2; slice++) {
    last = await rig.run('odd', { deadline: rig.time + 4000 });
  }
  expect(last?.outcome).toMatchObject({ status: 'pending', reason: 'time' });
  expect(rig.liveAudio.size).toBe(1);
  await rig.stop();
  await buckets.stop();
});

it('slices publish in a Service with many old Builds', async () => {
  const rig = await company({ limits: { buildsPerHour: 1000 } });
  for (let count = 0; count < 200; count++) rig.toolkitDeploy();
  await rig.run('few');
  rig.time += HOUR;
  rig.wire.before = () => {
    rig.time += 200;
  };
  let status: string | undefined = 'pending';
  for (let slice = 0; slice < 8 && status === 'pending'; slice++) {
    status = (await rig.run('many', { deadline: rig.time + 4000 })).outcome?.status;
  }
  expect(status).toBe('done');
  expect(rig.liveAudio.size).toBe(12);
  await rig.stop();
});

it('a manifest names no path that its Build lacks, though a refusal makes room', async () => {
  const buckets = await Buckets.start({
    full: { 'a.mp3': Buffer.from('This is not audio.'), 'b.mp3': audio('b') },
  });
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy(rig.environment, 999);
  const lacking = new Set<string>();
  rig.wire.before = () => {
    const { functions, assets } = rig.live;
    const manifest = functions.find(({ path }) => isManifestPath(path));
    if (!manifest) return;
    for (const [key, path] of decodeManifest(manifest.content.toString()).paths) {
      if (!assets.some((asset) => asset.path === path)) lacking.add(key);
    }
  };
  expect((await rig.run('full')).outcome?.report).toMatchObject({ prompts: 1, uploaded: 1 });
  expect(lacking).toEqual(new Set());
  await rig.stop();
  await buckets.stop();
});
