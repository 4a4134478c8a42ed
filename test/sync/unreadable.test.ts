import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeManifest, isManifestPath } from '../../src/manifest';
import { UnreadableObjectError } from '../../src/s3/prompts';
import { audio, Buckets, HOUR, Rig, type RunResult } from '../helpers/sync/rig';

let buckets: Buckets;
beforeAll(async () => {
  const others = { 'b.mp3': audio('b'), 'c.mp3': audio('c') };
  buckets = await Buckets.start({
    before: { 'a.mp3': audio('a'), ...others },
    after: { 'a.mp3': audio('a, replaced'), ...others },
    alone: { 'a.mp3': audio('a') },
  });
});
afterAll(() => buckets.stop());

let rig: Rig;
beforeEach(async () => {
  rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
});
afterEach(() => rig.stop());

const heard = (key: string) =>
  [...rig.liveAudio.keys()].filter((path) => path.includes(`/${key}.`));
const manifest = () => {
  const version = rig.live.functions.find(({ path }) => isManifestPath(path));
  return decodeManifest(version?.content.toString() ?? '');
};
const triesOf = (key: string) =>
  rig.wire.calls.filter(({ path }) => path.endsWith(`/${key}`)).length;

describe('an object that S3 lists and does not give', () => {
  it('keeps no other one from going live, and the report names it with what S3 answered', async () => {
    rig.locked.add('a.mp3');
    const { outcome, events } = await rig.run('before');
    expect(outcome).toMatchObject({
      status: 'done',
      report: {
        prompts: 2,
        skipped: [
          {
            key: 'a.mp3',
            reason: 'unreadable',
            unplayable: true,
            detail: 'S3 answered 403 AccessDenied',
          },
        ],
      },
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'refused', key: 'a.mp3' }));
    expect([heard('a'), heard('b').length, heard('c').length]).toEqual([[], 1, 1]);
    expect(manifest().refused.get('a.mp3')?.unplayable).toBe(true);
  });

  it('is tried again by each run, and makes no second Build', async () => {
    rig.locked.add('a.mp3');
    await rig.run('before');
    for (let run = 0; run < 2; run++) {
      rig.wire.reset();
      const { outcome } = await rig.run('before');
      expect(outcome).toMatchObject({ status: 'done', report: { prompts: 2 } });
      expect(outcome?.report).not.toHaveProperty('buildSid');
      expect(triesOf('a.mp3')).toBe(1);
    }
    expect(rig.service.builds.size).toBe(2);
    rig.locked.clear();
    expect((await rig.run('before')).outcome?.report).toMatchObject({ prompts: 3, skipped: [] });
    expect(heard('a')).toHaveLength(1);
  });

  it('leaves its earlier recording live, for as long as it is so', async () => {
    await rig.run('before');
    const earlier = heard('a');
    rig.locked.add('a.mp3');
    for (let run = 0; run < 3; run++) {
      const { outcome } = await rig.run('after');
      expect(outcome).toMatchObject({
        status: 'done',
        report: { prompts: 3, skipped: [{ key: 'a.mp3', unplayable: false }] },
      });
      expect(heard('a')).toEqual(earlier);
      expect(manifest().paths.get('a.mp3')).toBe(earlier[0]);
      rig.time += 3 * HOUR;
    }
    expect(rig.service.builds.size).toBe(2);
    rig.locked.clear();
    expect((await rig.run('after')).outcome?.report).toMatchObject({ uploaded: 1, skipped: [] });
    expect(manifest().paths.get('a.mp3')).not.toBe(earlier[0]);
  });

  it('keeps the others from nothing after a deploy', async () => {
    await rig.run('before');
    rig.time += HOUR;
    rig.toolkitDeploy();
    rig.locked.add('a.mp3');
    const { outcome } = await rig.run('after');
    expect(outcome).toMatchObject({ status: 'done', report: { prompts: 3, uploaded: 0 } });
    expect([heard('a').length, heard('b').length, heard('c').length]).toEqual([1, 1, 1]);
  });

  it('may be one that is not there', async () => {
    rig.rewriteListing = (body) => body.replace('<Key>a.mp3', '<Key>gone.mp3');
    const { outcome } = await rig.run('before');
    expect(outcome).toMatchObject({
      status: 'done',
      report: {
        prompts: 2,
        skipped: [{ key: 'gone.mp3', detail: expect.stringContaining('S3 still lists it') }],
      },
    });
  });

  it('is left to the proxy when S3 gives it with another ETag than it lists', async () => {
    rig.rewriteListing = (body) =>
      body.replace(
        /(<Key>a\.mp3<\/Key>.*?<ETag>).*?(<\/ETag>)/s,
        '$1&quot;0123456789abcdef0123456789abcdef&quot;$2',
      );
    for (let run = 0; run < 2; run++) {
      const { outcome } = await rig.run('before');
      expect(outcome).toMatchObject({
        status: 'done',
        report: {
          prompts: 2,
          skipped: [{ key: 'a.mp3', reason: 'listed otherwise', unplayable: false }],
        },
      });
      expect(manifest().refused.has('a.mp3')).toBe(false);
    }
    expect(rig.service.builds.size).toBe(2);
  });

  it('stops no dry run, unless S3 gives none of those that are live either', async () => {
    await rig.run('before');
    rig.locked.add('a.mp3');
    const dry = await rig.run('before', { dryRun: true });
    expect(dry.outcome).toMatchObject({ status: 'done', report: { prompts: 3, remaining: 0 } });
    for (const key of ['b.mp3', 'c.mp3']) rig.locked.add(key);
    const { error } = await rig.run('before', { dryRun: true });
    expect(String(error)).toContain('S3 answered 403 AccessDenied');
  });

  it.each(['before', 'alone'])('stops the run where S3 gives none at all: %s', async (bucket) => {
    const live = rig.live.buildSid;
    for (const key of ['a.mp3', 'b.mp3', 'c.mp3']) rig.locked.add(key);
    const { error } = await rig.run(bucket);
    expect(error).toBeInstanceOf(UnreadableObjectError);
    expect(String(error)).toContain('S3 answered 403 AccessDenied');
    expect([rig.live.buildSid, rig.service.builds.size]).toEqual([live, 1]);
  });

  it('stops the run where S3 gives a byte of each object, and no object', async () => {
    const keys = ['a.mp3', 'b.mp3', 'c.mp3'];
    for (const key of keys) rig.locked.add(key);
    rig.givesFirstBytes = true;
    const { error } = await rig.run('before');
    expect(error).toBeInstanceOf(UnreadableObjectError);
    expect(rig.service.builds.size).toBe(1);
  });

  it('stops the run where S3 gives none of those that are live either', async () => {
    await rig.run('before');
    for (const key of ['a.mp3', 'b.mp3', 'c.mp3']) rig.locked.add(key);
    const { error } = await rig.run('after');
    expect(error).toBeInstanceOf(UnreadableObjectError);
    expect(heard('a')).toHaveLength(1);
  });
});

it('slices get past a hundred objects that S3 does not give', async () => {
  const keys = Array.from({ length: 100 }, (_, index) => `${index}.mp3`);
  const many = await Buckets.start({
    many: Object.fromEntries([...keys, 'z.mp3'].map((key) => [key, audio(key)])),
  });
  const slices = await new Rig(many).start();
  try {
    slices.toolkitDeploy();
    for (const key of keys) slices.locked.add(key);
    slices.wire.before = () => {
      slices.time += 100;
    };
    let last: RunResult | undefined;
    for (let slice = 0; slice < 10 && last?.outcome?.status !== 'done'; slice++) {
      last = await slices.run('many', { deadline: slices.time + 4000 });
      expect(last.error).toBeUndefined();
    }
    expect([last?.outcome?.status, slices.liveAudio.size]).toEqual(['done', 1]);
  } finally {
    await slices.stop();
    await many.stop();
  }
});
