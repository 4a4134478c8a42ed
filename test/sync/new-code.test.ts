import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SupersededError } from '../../src/sync/new-code';
import { sample } from '../helpers/full';
import { audio, Buckets, Rig, type RunResult } from '../helpers/sync/rig';
import { FAULTS } from '../helpers/sync/wire';

const before = { 'a.mp3': audio('a'), 'b.mp3': audio('b') };
const after = { 'a.mp3': audio('new a'), 'b.mp3': audio('b'), 'c.mp3': audio('c') };

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({ before, after });
});
afterAll(() => buckets.stop());

/** SIDs of the Function versions of a Build, without the manifest. */
function codeOf(rig: Rig, buildSid: string): string {
  const functions = rig.service.builds.get(buildSid)?.functions ?? [];
  return functions
    .filter(({ path }) => !path.includes('audio'))
    .map(({ sid }) => sid)
    .sort()
    .join();
}

const liveCode = (rig: Rig) => codeOf(rig, rig.live.buildSid);

async function hasAudio(rig: Rig, bucket: string): Promise<boolean> {
  const expected = await rig.expected(bucket);
  return [...expected].every(([path, body]) => rig.liveAudio.get(path)?.equals(body));
}

/** A deployment that was synced, the one before it, and new code. */
async function company() {
  const rig = await new Rig(buckets).start();
  const [older, synced] = [await deployAndSync(rig), await deployAndSync(rig)];
  const staged = rig.stageCode();
  rig.wire.reset();
  return { rig, older, synced, staged };
}

async function deployAndSync(rig: Rig): Promise<string> {
  rig.toolkitDeploy();
  await rig.run('before');
  rig.time += 600_000;
  return rig.live.buildSid;
}

async function countCalls(): Promise<number> {
  const { rig, staged } = await company();
  await rig.deploy('after', staged);
  await rig.stop();
  return rig.wire.calls.length;
}

/** What a sync says of what the runs before it left: undefined where nothing is wrong. */
async function problemAfterSync(rig: Rig, code: string): Promise<string | undefined> {
  rig.wire.reset();
  const { outcome, error } = await rig.run('after');
  if (outcome?.status !== 'done') return `the next sync ended with ${outcome?.status ?? error}`;
  if (liveCode(rig) !== code) return 'other code is live';
  if (!(await hasAudio(rig, 'after'))) return 'a prompt is not live';
  const again = await rig.run('after');
  return again.outcome?.report.buildSid && 'a further sync made another Build';
}

describe('a deploy', () => {
  it('makes code and prompts live in one Deployment, and calls in progress keep their URLs', async () => {
    const { rig, staged } = await company();
    const audible = [...rig.liveAudio.keys()];
    const { size } = rig.environment.deployments;
    const { outcome } = await rig.deploy('after', staged);
    expect(outcome?.status).toBe('done');
    expect(rig.environment.deployments.size).toBe(size + 1);
    expect(liveCode(rig)).toBe(codeOf(rig, staged));
    expect(await hasAudio(rig, 'after')).toBe(true);
    for (const path of audible) expect(await rig.statusOf(path)).toBe(200);
    expect(await problemAfterSync(rig, codeOf(rig, staged))).toBeUndefined();
    await rig.stop();
  });

  it('is the first Build of an environment without one', async () => {
    const rig = await new Rig(buckets).start();
    const staged = rig.stageCode();
    expect((await rig.deploy('before', staged)).outcome?.status).toBe('done');
    expect(rig.environment.deployments.size).toBe(1);
    expect(await hasAudio(rig, 'before')).toBe(true);
    rig.time += 600_000;
    expect(await problemAfterSync(rig, codeOf(rig, staged))).toBeUndefined();
    await rig.stop();
  });

  it('brings the Assets back that a bare deploy has left out', async () => {
    const { rig, staged } = await company();
    rig.toolkitDeploy();
    expect(rig.liveAudio.size).toBe(0);
    await rig.deploy('before', staged);
    expect(await hasAudio(rig, 'before')).toBe(true);
    expect([...rig.uploads].filter(([path, count]) => /audio/.test(path) && count > 1)).toEqual([]);
    await rig.stop();
  });

  it.each([
    ['no Function', [], /^The new code has no Functions: .*npm run build/],
    ['no /voice', ['/menu'], /^The new code has a call flow and no \/voice: /],
  ])('of code with %s changes nothing', async (_, functions, message) => {
    const { rig, synced } = await company();
    const { error } = await rig.deploy('after', rig.stageCode(functions));
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(rig.live.buildSid).toBe(synced);
    await rig.stop();
  });

  it('that a fault meets is live with the prompts, or leaves what is live', async () => {
    const calls = await countCalls();
    const kinds = FAULTS.filter((kind) => kind.startsWith('killed'));
    const all = kinds.flatMap((kind) => Array.from({ length: calls }, (_, at) => ({ at, kind })));
    const found: string[] = [];
    for (const fault of sample(all, 12)) {
      const { rig, synced, staged } = await company();
      rig.wire.fault = fault;
      const { outcome } = await rig.deploy('after', staged);
      const name = `${fault.kind} at ${fault.at}`;
      const code = liveCode(rig);
      const isLive = code === codeOf(rig, staged);
      if (isLive && !(await hasAudio(rig, 'after'))) found.push(`${name}: code without prompts`);
      if (!isLive && rig.live.buildSid !== synced) found.push(`${name}: another Build is live`);
      if (outcome?.status === 'done' && !isLive) found.push(`${name}: done, and not live`);
      const problem = await problemAfterSync(rig, code);
      if (problem) found.push(`${name}: ${problem}`);
      await rig.stop();
    }
    expect(found).toEqual([]);
  }, 300_000);
});

describe('a deploy whose Deployment gets no answer', () => {
  it.each(['before', 'after'])('goes on when a sync of %s follows it at once', async (bucket) => {
    const { rig, staged } = await company();
    let isLost = false;
    let synced: RunResult | undefined;
    rig.wire.before = ({ index, method, path }) => {
      if (!isLost && method === 'POST' && path.endsWith('/Deployments')) {
        isLost = true;
        rig.wire.fault = { at: index, kind: 'reset after the effect' };
        return undefined;
      }
      if (!isLost || synced !== undefined || rig.live.buildSid === undefined) return undefined;
      rig.wire.before = () => {};
      return rig.run(bucket).then((result) => {
        synced = result;
      });
    };
    const { outcome, error } = await rig.deploy('after', staged);
    expect([synced?.outcome?.status, error, outcome?.status]).toEqual(['done', undefined, 'done']);
    expect(liveCode(rig)).toBe(codeOf(rig, staged));
    expect(await hasAudio(rig, 'after')).toBe(true);
    await rig.stop();
  });
});

interface Meeting {
  readonly rig: Rig;
  readonly result: RunResult;
  readonly staged: string;
  /** What was returned by what happened. */
  readonly other: string;
}

type Company = Awaited<ReturnType<typeof company>>;

/** Lets something happen before each call of a deploy in turn. */
async function meet(
  happen: (company: Company) => string | Promise<string>,
  judge: (meeting: Meeting) => Promise<string | undefined>,
  sampleSize: number,
): Promise<string[]> {
  const calls = await countCalls();
  const found: string[] = [];
  const all = Array.from({ length: calls }, (_, at) => at);
  for (const at of sample(all, sampleSize)) {
    const started = await company();
    const { rig, staged } = started;
    let other: string | undefined;
    let isHappening = false;
    rig.wire.before = ({ index }) => {
      if (index !== at || isHappening) return undefined;
      isHappening = true;
      return Promise.resolve(happen(started)).then((value) => {
        other = value;
      });
    };
    const result = await rig.deploy('after', staged);
    if (other !== undefined) {
      const problem = await judge({ rig, result, staged, other });
      if (problem) found.push(`before call ${at}: ${problem}`);
    }
    await rig.stop();
  }
  return found;
}

describe('a sync while a deploy is at work', () => {
  it('is lost no more than the deploy, wherever it comes', async () => {
    const found = await meet(
      async ({ rig }) => {
        const { outcome, error } = await rig.run('after');
        return `${outcome?.status ?? error}`;
      },
      async ({ rig, result: { outcome, error }, staged, other }) => {
        if (other !== 'done') return `the sync ended with ${other}`;
        if (outcome?.status !== 'done') return `the deploy ended with ${outcome?.status ?? error}`;
        if (liveCode(rig) !== codeOf(rig, staged)) return 'the code is not live';
        return problemAfterSync(rig, codeOf(rig, staged));
      },
      8,
    );
    expect(found).toEqual([]);
  }, 300_000);
});

describe.each<[string, (company: Company) => string]>([
  ['another deploy', ({ rig }) => rig.toolkitDeploy()],
  [
    "a person's rollback",
    ({ rig, older }) => {
      rig.time += 1000;
      return rig.activate(older);
    },
  ],
])('%s while a deploy is at work', (_, happen) => {
  it('stands, or the deploy names it', async () => {
    const found = await meet(
      happen,
      async ({ rig, result: { error, events, outcome }, staged, other }) => {
        const code = liveCode(rig);
        const ours = codeOf(rig, staged);
        const isNamed = events.some(
          (event) => event.type === 'contended' && event.buildSid === other,
        );
        const wasLive = [...rig.environment.deployments.values()].some(
          ({ buildSid }) => codeOf(rig, buildSid) === ours,
        );
        if (code === ours && !isNamed) return 'it is replaced, and not named';
        if (code !== ours && code !== codeOf(rig, other)) return 'a third code is live';
        if (wasLive !== (outcome?.status === 'done')) return `it ended with ${error}`;
        if (!wasLive && !(error instanceof SupersededError)) return `it ended with ${error}`;
        return problemAfterSync(rig, code);
      },
      10,
    );
    expect(found).toEqual([]);
  }, 300_000);
});
