import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeLive } from '../../../cli/deploy/publish';
import { VariableSetter } from '../../../cli/deploy/variable-setter';
import type { VariableChanges } from '../../../cli/deploy/variables';
import { COMMAND_BUDGET_MS } from '../../../src/limits';
import { resultOf } from '../../../src/result';
import type { SyncEvent, SyncOutcome } from '../../../src/sync';
import { NOTHING_DONE } from '../../../src/sync/outcome';
import { audio, Buckets, Rig } from '../../helpers/sync/rig';

const CHANGES: VariableChanges = {
  before: { NEW: '1', TOO: '1' },
  first: { S3_ACCESS_KEY: 'id:secret' },
  after: { S3_REGION: 'eu-west-1' },
  remove: ['S3_ACCESS_KEY', 'OLD'],
};

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({ prompts: { 'a.mp3': audio('a') } });
});
afterAll(() => buckets.stop());

let rig: Rig;
let setter: VariableSetter;
beforeEach(async () => {
  rig = await new Rig(buckets).start();
  setter = setterOf(CHANGES);
  const twilio = rig.serverless(Number.POSITIVE_INFINITY);
  for (const name of ['OLD', 'S3_REGION']) {
    await twilio.createVariable(rig.environment.sid, name, 'old');
  }
  rig.wire.reset();
});
afterEach(() => rig.stop());

const setterOf = (changes: VariableChanges) =>
  new VariableSetter(changes, {
    connect: (deadline) => rig.serverless(deadline),
    environmentSid: rig.environment.sid,
    clock: rig.clock,
  });

const variables = () =>
  Object.fromEntries([...rig.environment.variables.values()].map(({ key, value }) => [key, value]));

const OLD = { OLD: 'old', S3_REGION: 'old' };

type Step = SyncEvent | (() => unknown);

/** A run that is through without a further event. */
async function* through(event: SyncEvent): AsyncGenerator<SyncEvent, SyncOutcome> {
  yield event;
  return { status: 'done', report: NOTHING_DONE };
}

/** The events of a run as it makes one Build live, and what happens between them. */
async function* events(...steps: readonly Step[]): AsyncGenerator<SyncEvent, SyncOutcome> {
  for (const step of steps) {
    if (typeof step === 'function') await step();
    else yield step;
  }
  throw new Error('The run fails.');
}

const buildSid = `ZB${'0'.repeat(32)}`;
const activating = { type: 'activating', buildSid } as const;
const activated = { type: 'activated', buildSid } as const;
const failing = (...steps: readonly Step[]) =>
  expect(resultOf(setter.around(events(...steps)))).rejects.toThrow('The run fails.');

describe('the variables around a Build that becomes live', () => {
  it('are set however long uploads and the Build take', async () => {
    const slow = async () => {
      rig.time += 2 * COMMAND_BUDGET_MS;
    };
    await failing(slow, activating, slow, activated);
    expect(variables()).toEqual({ NEW: '1', TOO: '1', S3_REGION: 'eu-west-1' });
    expect(setter.unset).toEqual([]);
  });

  it('are taken back, but for those that another deploy has set meanwhile', async () => {
    const other = rig.serverless(Number.POSITIVE_INFINITY);
    await failing(() => other.createVariable(rig.environment.sid, 'TOO', '1'), activating);
    expect(variables()).toEqual({ ...OLD, NEW: '1', TOO: '1' });
    await setter.undo();
    expect(variables()).toEqual({ ...OLD, TOO: '1' });
  });

  it('are taken back though no answer came when they were set', async () => {
    rig.wire.fault = { at: 1, kind: 'reset after the effect' };
    await failing(activating);
    expect(variables()).toEqual({ ...OLD, NEW: '1', TOO: '1' });
    await setter.undo();
    expect(variables()).toEqual(OLD);
  });

  it('stay as they are once the deploy has given up', async () => {
    await expect(resultOf(setter.around(events(() => setter.undo(), activating)))).rejects.toThrow(
      'The deploy was stopped.',
    );
    expect(variables()).toEqual(OLD);
  });

  it('are set where the run finds the new code live, as after a lost answer', async () => {
    await resultOf(setter.around(through(activating)));
    expect(variables()).toEqual({ NEW: '1', TOO: '1', S3_REGION: 'eu-west-1' });
    expect(setter.isActivated).toBe(true);
  });

  it('count as not set from the moment at which the Build may be live', async () => {
    await failing(activating);
    expect(setter).toMatchObject({ buildSid, isActivated: false });
    expect(setter.unset).toEqual(['S3_ACCESS_KEY', 'S3_REGION', 'OLD']);
  });
});

describe('what is live after a deploy that did not end well', () => {
  const target = { service: 'twilio-s3-play', environment: 'dev' };
  const before = { buildSid: 'ZBold', sid: 'ZE', domainName: 'name-dev.test', domainSuffix: 'dev' };
  const prepared = { target, before, env: '.env' };
  const progress = { buildSid: 'ZBnew', isActivated: true, unset: [] };
  const lost = { buildSid: 'ZBnew', isActivated: false, unset: ['S3_REGION'] };

  it.each<[string, string | undefined, Parameters<typeof describeLive>[2], RegExp]>([
    ['nothing, before the first deploy', undefined, undefined, /^Nothing is live\.$/],
    ['the old Build', 'ZBold', undefined, /^Build ZBold is still live, with its variables/],
    ['the old Build, and not the one of the deploy', 'ZBold', lost, /^Build ZBold is still live/],
    [
      'a Build of somebody else',
      'ZBtheirs',
      lost,
      /^Build ZBtheirs became live meanwhile.*again\.$/,
    ],
    ['the new Build', 'ZBnew', progress, /new code and the variables of \.env\. .*npm run sync/],
    ['the new Build, by a Deployment without an answer', 'ZBnew', lost, /: S3_REGION\. To set/],
    [
      'a Build after the new one',
      'ZBlater',
      progress,
      /^Build ZBnew became live with the new code, and since then Build ZBlater is live, with the variables of \.env\./,
    ],
    ['nothing, after the new one', undefined, progress, /and since then nothing is live/],
  ])('is said: %s', (_, live, setter, message) => {
    expect(describeLive(live, prepared, setter)).toMatch(message);
  });
});
