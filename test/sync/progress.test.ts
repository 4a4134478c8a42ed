import { expect, it } from '@jest/globals';
import { audio, Buckets, Rig } from '../helpers/sync/rig';

it('step after step, a bucket full of what is not audio is got through', async () => {
  const notes = Array.from({ length: 40 }, (_, index) => [`${index}.txt`, Buffer.from(`${index}`)]);
  const mixed = { 'z.mp3': audio('z'), ...Object.fromEntries(notes) };
  const buckets = await Buckets.start({ mixed });
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
  // Every call takes a fifth of a second of the step's four.
  rig.wire.before = () => {
    rig.time += 200;
  };
  let status: string | undefined = 'pending';
  for (let step = 0; step < 20 && status === 'pending'; step++) {
    status = (await rig.run('mixed', { deadline: rig.time + 4000 })).outcome?.status;
  }
  expect(status).toBe('done');
  expect(rig.liveAudio.size).toBe(1);
  await rig.stop();
  await buckets.stop();
});
