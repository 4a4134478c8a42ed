import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { PromptBucket } from '../../src/s3/prompts';
import { bundleAndLoad } from '../bundle';
import { countKeys } from '../lister';
import type { Contender } from '../measure';
import { runToSuccess } from '../program';
import { rcloneVariables } from '../rclone';
import { startS3 } from '../s3';
import { fillBucket } from '../stand-ins/fill-bucket';
import type { S3Access } from '../stand-ins/s3-access';
import { type RunningAccount, runSync, startAccount } from '../stand-ins/start';
import type { Bench, Checkout, Section, Table } from '../table';

/** Ceph's memory store takes some 600 objects a second: 100,000 of them would take minutes. */
const MAX_ON_CEPH = 10_000;

/** What a Build holds, and so what rclone compares with the bucket. */
const LIVE = 1000;

const LISTER = 'a minimal lister';

/** A checkout, and the account that it syncs into. */
interface Target {
  readonly checkout: Checkout;
  readonly account: RunningAccount;
}

export const list: Table = {
  name: 'list',
  title: 'Listing a bucket, and comparing it',
  about:
    'Listing alone, in a process that runs already: every page of ListObjectsV2, read, checked and kept as objects. The minimal lister signs the same requests and counts <Key> in the answers. List and compare is a whole command, process start included: npm run sync -- --dry-run, when what a Build has room for is live already, without latency of Twilio; and rclone check --one-way --fast-list of a folder that holds the first 1,000 objects and the bucket.',
  async run(bench) {
    const sizes = bench.quick ? [200] : [1000, 10_000, 100_000];
    const s3 = await startS3(bench);
    const targets: Target[] = [];
    for (const checkout of bench.checkouts) {
      const account = await startAccount(bench, { latencyMs: 0, project: checkout.directory });
      targets.push({ checkout, account });
    }
    const sections: Section[] = [];
    for (const count of sizes) {
      for (const { account } of targets) await account.fill({ count, small: true });
      const [first] = targets;
      if (!first) break;
      const embedded = first.account.access;
      const isOnCeph = s3.isCeph && count <= MAX_ON_CEPH;
      const access = isOnCeph ? { ...s3, bucket: `bench-${count}` } : embedded;
      if (isOnCeph) await fillBucket(access, await first.account.objects());
      const server = isOnCeph ? s3.label : "the sandbox's S3 server";
      const title = `${count.toLocaleString('en-US')} objects, ${server}`;
      sections.push(await listAlone(bench, first, access, title, count));
      sections.push(await listAndCompare(bench, targets, access, title));
    }
    return sections;
  },
};

const prompts = v.object({
  PromptBucket: v.custom<typeof PromptBucket>((it) => typeof it === 'function'),
});

function listAlone(
  bench: Bench,
  { account }: Target,
  access: S3Access,
  title: string,
  count: number,
): Promise<Section> {
  const { prefix } = account;
  const expect = (listed: number, start: number) => {
    if (listed !== count) throw new Error(`it listed ${listed} of ${count} objects`);
    return { ms: performance.now() - start };
  };
  const lister: Contender = {
    name: LISTER,
    async measure() {
      const start = performance.now();
      return expect(await countKeys(access, prefix), start);
    },
  };
  const ours = bench.checkouts.map(({ name, directory }): Contender => {
    const lines = "export { PromptBucket } from './src/s3/prompts';";
    const loaded = bundleAndLoad(lines, directory, bench.file(`list/${name}.js`));
    const { PromptBucket } = v.parse(prompts, loaded);
    const { credentials: keys, ...location } = access;
    const s3 = {
      ...location,
      prefix,
      addressingStyle: 'path',
      credentials: { kind: 'access key', keys },
    } as const;
    const clock = {
      now: () => new Date(),
      random: bench.random,
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    };
    return {
      name,
      async measure() {
        const start = performance.now();
        const bucket = new PromptBucket(s3, { clock, deadline: Number.POSITIVE_INFINITY });
        const { length } = await bucket.list();
        bucket.close();
        return expect(length, start);
      },
    };
  });
  return bench.measure({
    title: `${title}: listing alone`,
    figures: [{ name: 'ms', title: 'time', unit: 'ms' }],
    contenders: [lister, ...ours],
    beside: LISTER,
    rounds: bench.quick ? 3 : 9,
    warmUps: 2,
    maxMs: 8000,
  });
}

async function listAndCompare(
  bench: Bench,
  targets: readonly Target[],
  access: S3Access,
  title: string,
): Promise<Section> {
  const rclone = await rcloneCheck(bench, targets, access);
  const ours: Contender[] = [];
  for (const { checkout, account } of targets) {
    // Each account has the same bucket at a server of its own, unless all use Ceph's.
    const isOwn = targets.some(({ account }) => account.access.endpoint === access.endpoint);
    const { endpoint, bucket } = isOwn ? account.access : access;
    const variables = { S3_ENDPOINT: endpoint, S3_BUCKET: bucket };
    await runSync(checkout, account, ['--concurrency', '32'], variables);
    ours.push({
      name: checkout.name,
      async measure() {
        return { s: (await runSync(checkout, account, ['--dry-run'], variables)).ms / 1000 };
      },
    });
  }
  return bench.measure({
    title: `${title}: list and compare`,
    figures: [{ name: 's', title: 'time', unit: 's' }],
    contenders: [rclone, ...ours],
    beside: rclone.name,
    again: ours[0]?.name ?? false,
    rounds: bench.quick ? 1 : 5,
    maxMs: 12_000,
  });
}

/** Has rclone compare a folder of some of the objects with the bucket. */
async function rcloneCheck(
  bench: Bench,
  [target]: readonly Target[],
  access: S3Access,
): Promise<Contender> {
  const peer = await bench.peers.debian('rclone');
  if ('missing' in peer) return { name: peer.label, missing: peer.missing };
  const folder = bench.file('list/live');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const objects = (await target?.account.objects()) ?? [];
  const prefix = target?.account.prefix ?? '';
  for (const { key, content } of objects.slice(0, LIVE)) {
    writeFileSync(join(folder, key.slice(prefix.length)), content);
  }
  const environment = { ...rcloneVariables(access), RCLONE_CONFIG_BENCH_LIST_VERSION: '2' };
  const args = ['check', '--one-way', '--fast-list', folder, `bench:${access.bucket}/${prefix}`];
  return {
    name: `${peer.label} check`,
    async measure() {
      return { s: (await runToSuccess('rclone', args, { cwd: folder, environment })).ms / 1000 };
    },
  };
}
