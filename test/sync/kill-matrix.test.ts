import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FULL, sample } from '../helpers/full';
import { audio, Buckets, Rig } from '../helpers/sync/rig';
import { FAULTS, type Fault, type WireCall } from '../helpers/sync/wire';

const before = {
  'changed.mp3': audio('first'),
  'deleted.mp3': audio('deleted'),
  'same.mp3': audio('same'),
  '営業 時間.mp3': audio('hours'),
};
const after = {
  'added.mp3': audio('added'),
  'changed.mp3': audio('second'),
  "it's new (1)+.mp3": audio('new'),
  'locked.mp3': audio('locked'),
  'notes.txt': Buffer.from('This is not audio.'),
  'same.mp3': audio('same'),
  '営業 時間.mp3': audio('hours'),
};

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({ before, after });
});
afterAll(() => buckets.stop());

/** A company that has synced, and has changed its prompts since. */
async function changedCompany(): Promise<Rig> {
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
  await rig.run('before');
  rig.time += 600_000;
  rig.wire.reset();
  rig.locked.add('locked.mp3');
  return rig;
}

async function recordCalls(): Promise<WireCall[]> {
  const rig = await changedCompany();
  const { outcome } = await rig.run('after');
  await rig.stop();
  expect(outcome?.status).toBe('done');
  return [...rig.wire.calls];
}

const isUpload = ({ method, path }: WireCall) =>
  method === 'POST' && /\/Assets\/\w+\/Versions$/.test(path);

/** Runs with the fault, then without; returns the first thing that is not as it must be. */
async function survive(fault: { at: number; kind: Fault }): Promise<string | undefined> {
  const rig = await changedCompany();
  try {
    const old = { sid: rig.live.buildSid, audio: rig.liveAudio, code: codeOf(rig) };
    const wanted = await rig.expected('after');
    for (const path of wanted.keys()) if (path.startsWith('/audio/locked.')) wanted.delete(path);
    rig.wire.fault = fault;
    await rig.run('after');
    const faulty = rig.wire.calls[fault.at];

    if (rig.live.buildSid !== old.sid) {
      const missing = [...wanted].find(([path, body]) => !rig.liveAudio.get(path)?.equals(body));
      if (missing) return `a Build without ${missing[0]} is live`;
    }
    for (const path of [...old.audio.keys(), ...rig.liveAudio.keys()]) {
      const status = await rig.statusOf(path);
      if (status !== 200) return `a call in progress gets ${status} for ${path}`;
    }
    if (codeOf(rig) !== old.code) return 'the code changed after the first run';

    rig.wire.reset();
    const { outcome, error } = await rig.run('after');
    if (outcome?.status !== 'done') return `the second run ended with ${outcome?.status ?? error}`;
    for (const [path, body] of wanted) {
      if (!rig.liveAudio.get(path)?.equals(body)) return `${path} is not live after the second run`;
    }
    const strangers = [...rig.liveAudio.keys()].filter(
      (path) => !wanted.has(path) && !old.audio.has(path),
    );
    if (strangers.length > 0) return `${strangers} is live, and nobody wants it`;
    if (codeOf(rig) !== old.code) return 'the code changed after the second run';
    const allowed = faulty && isUpload(faulty) && fault.kind === 'reset after the effect' ? 1 : 0;
    const again = [...rig.uploads.values()].reduce((sum, count) => sum + count - 1, 0);
    if (again > allowed) return `${again} objects were uploaded twice`;
    return undefined;
  } finally {
    await rig.stop();
  }
}

function codeOf({ live }: Rig): string {
  const foreign = [...live.functions, ...live.assets].filter(({ path }) => !/audio/.test(path));
  return foreign
    .map(({ path, content }) => `${path} ${content}`)
    .sort()
    .join('\n');
}

describe('a run with one fault, at any call, and a run after it', () => {
  it('never let callers hear anything between old and new, and end as if nothing had happened', async () => {
    const calls = await recordCalls();
    const all = calls.flatMap(({ index }) => FAULTS.map((kind) => ({ at: index, kind })));
    const cases = sample(all, 12);
    console.info(`Kill matrix: ${cases.length} of ${all.length} cases`);
    const failures: string[] = [];
    for (const fault of cases) {
      const failure = await survive(fault);
      const call = calls[fault.at];
      if (failure) failures.push(`${fault.kind} at ${call?.method} ${call?.path}: ${failure}`);
    }
    expect(failures).toEqual([]);
    expect(cases.length).toBeGreaterThan(FULL ? 100 : 10);
  }, 600_000);
});
