import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { audio, Buckets, HOUR, Rig } from '../helpers/sync/rig';
import type { Fault } from '../helpers/sync/wire';

const before = { 'a.mp3': audio('a'), 'b.mp3': audio('b') };
const after = { 'a.mp3': audio('new a'), 'b.mp3': audio('b') };
const other = { 'c.mp3': audio('c') };

let buckets: Buckets;
const rigs: Rig[] = [];
beforeAll(async () => {
  buckets = await Buckets.start({ before, after, other });
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop();
});
afterAll(() => buckets.stop());

/** A company that deployed and synced `before`. */
async function company(): Promise<Rig> {
  const rig = await new Rig(buckets).start();
  rigs.push(rig);
  rig.toolkitDeploy();
  await rig.run('before');
  rig.time += 600_000;
  rig.wire.reset();
  return rig;
}

/** SIDs of the Function versions of a Build, without the manifest. */
function codeOf(rig: Rig, buildSid: string): string[] {
  const functions = rig.service.builds.get(buildSid)?.functions ?? [];
  return functions
    .filter(({ path }) => !path.includes('audio'))
    .map(({ sid }) => sid)
    .sort();
}

describe('a Deployment that went wrong', () => {
  it.each<Fault>(['reset after the effect', 'reset before the effect', '500', '429'])(
    '(%s) is not sent again over a deploy of somebody else',
    async (kind) => {
      const probe = await company();
      await probe.run('after');
      const at = probe.wire.calls.findIndex(
        ({ method, path }) => method === 'POST' && path.endsWith('/Deployments'),
      );
      const rig = await company();
      let deployed = '';
      rig.wire.fault = { at, kind };
      rig.wire.before = ({ index }) => {
        if (index !== at + 1) return;
        rig.time += 1000;
        deployed = rig.toolkitDeploy();
      };
      expect((await rig.run('after')).outcome?.status).toBe('done');
      expect(codeOf(rig, rig.live.buildSid)).toEqual(codeOf(rig, deployed));
    },
  );
});

describe('a Build that is promoted from another environment', () => {
  it('stands, and gets the audio of the environment that it came to', async () => {
    const rig = await company();
    const staging = rig.addEnvironment('staging');
    rig.toolkitDeploy(staging);
    await rig.run('other', { environment: staging });
    const promoted = staging.build?.sid ?? '';
    rig.time += HOUR;
    rig.activate(promoted);
    const { outcome, error } = await rig.run('after');
    expect({ outcome, error }).toMatchObject({ outcome: { status: 'done' }, error: undefined });
    expect(codeOf(rig, rig.live.buildSid)).toEqual(codeOf(rig, promoted));
    for (const path of (await rig.expected('after')).keys()) {
      expect(rig.liveAudio.has(path)).toBe(true);
    }
  });
});

describe('an environment that was deployed to and not synced for long', () => {
  it('can be synced after the clean-up of another environment', async () => {
    const rig = await company();
    const production = rig.addEnvironment('production');
    rig.toolkitDeploy(production);
    rig.time += 20 * HOUR;
    rig.toolkitDeploy();
    rig.time += 5 * HOUR;
    const cleaned = await rig.run('other', { environment: production });
    expect(cleaned.events).toContainEqual({ type: 'cleaned', assets: 2 });
    expect((await rig.run('before')).outcome?.status).toBe('done');
    expect(rig.liveAudio.size).toBe(2);
  });
});
