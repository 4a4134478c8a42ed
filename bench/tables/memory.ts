import type { Contender } from '../measure';
import { nodeArguments, runToSuccess } from '../program';
import { runSync, startAccount } from '../stand-ins/start';
import type { Bench, Checkout, Section, Table } from '../table';

export const memory: Table = {
  name: 'memory',
  title: 'Peak memory of a first sync',
  about:
    'The largest resident set of the process of npm run sync, for buckets of small objects, without latency. 1,000 of them become Assets, which is all that a Build holds. The idle command prints its help and ends: what a command needs before it does anything.',
  async run(bench) {
    const sizes = bench.quick ? [10, 50] : [100, 1000, 10_000];
    const sections: Section[] = [];
    for (const checkout of bench.checkouts) {
      sections.push(await measureCheckout(bench, checkout, sizes));
    }
    return sections;
  },
};

async function measureCheckout(
  bench: Bench,
  checkout: Checkout,
  sizes: readonly number[],
): Promise<Section> {
  const { name, directory } = checkout;
  const account = await startAccount(bench, { latencyMs: 0, project: directory });
  const idle: Contender = {
    name: 'an idle command',
    async measure() {
      const args = [...nodeArguments(directory, 'sync'), '--help'];
      const options = { cwd: directory, tellsPeak: true };
      const { peakMb = Number.NaN } = await runToSuccess(process.execPath, args, options);
      return { mb: peakMb };
    },
  };
  const syncs = sizes.map(
    (count): Contender => ({
      name: `${count.toLocaleString('en-US')} objects`,
      async measure() {
        await account.fill({ count, small: true });
        await account.startAfresh();
        const { peakMb = Number.NaN } = await runSync(checkout, account);
        return { mb: peakMb };
      },
    }),
  );
  return bench.measure({
    title: name,
    figures: [{ name: 'mb', title: 'peak', unit: 'MB' }],
    contenders: [idle, ...syncs],
    beside: idle.name,
    rounds: 1,
    warmUps: 0,
  });
}
