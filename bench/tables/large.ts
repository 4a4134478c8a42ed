import type { Contender } from '../measure';
import { runSync, startAccount } from '../stand-ins/start';
import type { Bench, Checkout, Table } from '../table';

export const large: Table = {
  name: 'large',
  title: 'A real sync of a bucket of 100,000 objects, and a call on it',
  about:
    'npm run sync against the sandbox, without latency: the first one, and one after it without a change; then a call whose caller presses two keys. 1,000 prompts become Assets, which is all that a Build holds, and the proxy plays the others. The manifest is the file that each cold /voice loads.',
  async run(bench) {
    const count = bench.quick ? 150 : 100_000;
    const section = await bench.measure({
      title: `${count.toLocaleString('en-US')} objects`,
      figures: [
        { name: 's', title: 'first sync', unit: 's', beside: false },
        { name: 'mb', title: 'peak', unit: 'MB', beside: false },
        { name: 'calls', title: 'calls', unit: '', beside: false },
        { name: 'assets', title: 'Assets', unit: '', beside: false },
        { name: 'manifestKb', title: 'manifest', unit: 'kB', beside: false },
        { name: 'nextS', title: 'no change', unit: 's', beside: false },
        { name: 'media', title: 'media of the call', unit: '', beside: false },
        { name: 'failed', title: 'of them failed', unit: '', beside: false },
      ],
      contenders: bench.checkouts.map((checkout) => contender(bench, checkout, count)),
      beside: 'ours',
      again: false,
      rounds: 1,
      warmUps: 0,
    });
    return [section];
  },
};

function contender(bench: Bench, checkout: Checkout, count: number): Contender {
  return {
    name: checkout.name,
    async measure() {
      const account = await startAccount(bench, { latencyMs: 0, project: checkout.directory });
      await account.fill({ count, small: true });
      const first = await runSync(checkout, account);
      const calls = await account.countCalls();
      const next = await runSync(checkout, account);
      const { assets, manifestBytes } = await account.live();
      const heard = await account.call();
      const media = heard.filter(({ kind }) => kind === 'media');
      const failures = heard.filter(
        (event) => event.kind !== 'verb' && event.errorCode !== undefined,
      );
      return {
        s: first.ms / 1000,
        mb: first.peakMb ?? Number.NaN,
        calls,
        assets,
        manifestKb: manifestBytes / 1000,
        nextS: next.ms / 1000,
        media: media.length,
        failed: failures.length,
      };
    },
  };
}
