import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { audio, Buckets, HOUR, Rig } from '../helpers/sync/rig';

const prompts = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`${index}.mp3`, audio(`${index}`)]),
);

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({
    prompts,
    changed: { ...prompts, '7.mp3': audio('replaced') },
  });
});
afterAll(() => buckets.stop());

let rig: Rig;
beforeEach(async () => {
  rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
});
afterEach(() => rig.stop());

/** The requests to Twilio, without SIDs. */
async function callsOf(bucket: string, ...rest: Partial<Parameters<Rig['run']>>[1][]) {
  rig.wire.reset();
  const { outcome, error } = await rig.run(bucket, ...rest);
  expect([outcome?.status, error]).toEqual(['done', undefined]);
  return rig.wire.calls
    .filter(({ to }) => to === 'Twilio')
    .map(({ method, path }) => `${method} ${path.replace(/^\/v1\/Services\/\w+/, '')}`)
    .map((call) => call.replace(/(Z[A-Z])\w{32}/g, '$1'));
}

describe('requests to Twilio', () => {
  it('are two for each object of a first sync, and 13 more', async () => {
    expect((await callsOf('prompts')).length).toBe(2 * 12 + 13);
  });

  it('are three where nothing has changed', async () => {
    await callsOf('prompts');
    expect((await callsOf('prompts')).sort()).toEqual([
      'GET /Builds/ZB',
      'GET /Environments/ZE',
      'GET /Environments/ZE/Deployments',
    ]);
  });

  it('are 12 where one object was replaced, of which one waits for the Build', async () => {
    await callsOf('prompts');
    rig.time += HOUR;
    const calls = await callsOf('changed');
    expect(calls.filter((call) => call.endsWith('/Status')).length).toBeGreaterThan(0);
    expect(calls.filter((call) => !call.endsWith('/Status'))).toHaveLength(11);
  });

  it('are one for each object at most that a killed run has uploaded', async () => {
    const { wire } = rig;
    wire.before = ({ index, method, path }) => {
      if (method !== 'POST' || !path.endsWith('/Builds')) return;
      wire.fault ??= { at: index, kind: 'killed before the effect' };
    };
    await rig.run('prompts');
    expect(rig.liveAudio.size).toBe(0);
    const calls = await callsOf('prompts');
    expect(calls.filter((call) => call.includes('/Assets/'))).toEqual(
      Array.from({ length: 12 }, () => 'GET /Assets/ZH/Versions'),
    );
  });

  it('are none for an object that an earlier Build held, however long ago it was live', async () => {
    await callsOf('prompts');
    rig.toolkitDeploy();
    rig.time += 20 * HOUR;
    const calls = await callsOf('prompts');
    expect(calls.filter((call) => call.includes('/Assets/'))).toEqual([]);
    expect(rig.liveAudio.size).toBe(12);
  });
});

describe('what somebody does in the moment of the Deployment', () => {
  it.each(['before', 'after'])('is seen by the run itself: a deploy right %s it', async (when) => {
    await rig.run('prompts');
    rig.time += HOUR;
    let deployed = '';
    const deploy = () => {
      rig.time += 1000;
      deployed = rig.toolkitDeploy();
      rig.time += 1000;
    };
    let isNext = false;
    rig.wire.before = ({ to, method, path }) => {
      if (deployed !== '' || to !== 'Twilio') return;
      if (isNext) return deploy();
      if (method !== 'POST' || !path.endsWith('/Deployments')) return;
      if (when === 'before') deploy();
      else isNext = true;
    };
    expect((await rig.run('changed')).outcome?.status).toBe('done');
    const codeOf = (sid: string) =>
      rig.service.builds
        .get(sid)
        ?.functions.filter(({ path }) => !path.includes('audio'))
        .map(({ sid }) => sid)
        .sort();
    expect(codeOf(rig.live.buildSid)).toEqual(codeOf(deployed));
    for (const path of (await rig.expected('changed')).keys()) {
      expect(rig.liveAudio.has(path)).toBe(true);
    }
  });
});
