import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPage, rows, tables } from '../helpers/docs/markdown';
import { audio, Buckets, HOUR, Rig } from '../helpers/sync/rig';

const prompts = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`${index}.mp3`, audio(`${index}`)]),
);

describe('docs/cost.md', () => {
  let buckets: Buckets;
  let rig: Rig;
  beforeAll(async () => {
    const changed = { ...prompts, '7.mp3': audio('replaced') };
    buckets = await Buckets.start({ prompts, changed });
    rig = await new Rig(buckets).start();
    rig.toolkitDeploy();
  });
  afterAll(async () => {
    await rig.stop();
    await buckets.stop();
  });

  /** What one run asks Twilio and S3, without the polls of a Build. */
  async function countedIn(bucket: string): Promise<string[]> {
    rig.wire.reset();
    await rig.run(bucket);
    const count = (to: string, path: RegExp) =>
      String(rig.wire.calls.filter((call) => call.to === to && path.test(call.path)).length);
    return [count('Twilio', /(?<!\/Status)$/), count('S3', /\/$/), count('S3', /mp3$/)];
  }

  it('has the requests that a sync makes', async () => {
    const table = tables(readPage('docs/cost.md')).find((text) => text.startsWith('| A sync that'));
    const [first, nothing, replaced] = rows(table ?? '').map(([, ...counts]) => counts);
    expect(await countedIn('prompts')).toEqual(first);
    expect(await countedIn('prompts')).toEqual(nothing);
    rig.time += HOUR;
    expect(await countedIn('changed')).toEqual(replaced);
  });
});
