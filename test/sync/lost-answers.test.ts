import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sample } from '../helpers/full';
import { audio, Buckets, Rig } from '../helpers/sync/rig';
import { FAULTS, type Fault, OTHER_ANSWERS } from '../helpers/sync/wire';

let buckets: Buckets;
beforeAll(async () => {
  buckets = await Buckets.start({ prompts: { 'a.mp3': audio('a'), 'b.mp3': audio('b') } });
});
afterAll(() => buckets.stop());

const faults: readonly Fault[] = [
  ...FAULTS.filter((fault) => !fault.startsWith('killed')),
  ...OTHER_ANSWERS,
];

const cases = ['Builds', 'Deployments', 'Versions'].flatMap((resource) =>
  faults.map((kind) => ({ resource, kind })),
);

describe('a run', () => {
  it.each(sample(cases, 8))(
    'whose first POST to $resource meets $kind ends in the same run, with one Build and one Deployment',
    async ({ resource, kind }) => {
      const rig = await new Rig(buckets).start();
      rig.toolkitDeploy();
      rig.wire.before = ({ index, method, path }) => {
        if (rig.wire.fault || method !== 'POST' || !path.endsWith(`/${resource}`)) return;
        rig.wire.fault = { at: index, kind };
      };
      const { outcome, error } = await rig.run('prompts');
      expect([outcome?.status, error]).toEqual(['done', undefined]);
      expect(rig.wire.fault).toBeDefined();
      expect(rig.liveAudio).toEqual(await rig.expected('prompts'));
      // The toolkit's, and the one of the run.
      expect([rig.service.builds.size, rig.environment.deployments.size]).toEqual([2, 2]);
      await rig.stop();
    },
  );
});
