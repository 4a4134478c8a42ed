import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { samplePrompts } from '../../sandbox/prompts';
import type { encodeManifest, manifestPath } from '../../src/manifest';
import type { PromptObject } from '../../src/s3/prompts';
import type { plan } from '../../src/sync/plan';
import { bundleAndLoad } from '../bundle';
import { VARIABLES, WEBHOOK_BODY } from '../call';
import { contextOf, fileOf, firstAnswer, form } from '../first-answers';
import { filesOf } from '../hosts';
import type { Contender } from '../measure';
import type { Bench, Checkout, Section, Table } from '../table';

const PLAYS_ASSET = /<Play>[^<]*\/audio\/[^<]*<\/Play>/;
const PREFIX = 'prompts/';

export const bucket: Table = {
  name: 'bucket',
  title: 'The first webhook of a call, by the size of the bucket',
  about:
    "From the require of /voice to its answer, in a fresh process each time, with what a sync of a bucket of so many objects leaves live: the manifest is made by the project's own plan. A Build holds 1,000 of the objects; of ten, one is too large for the proxy and one is no audio. The process's own start is not part of the time.",
  async run(bench) {
    const sizes = bench.quick ? [10, 1000] : [10, 100, 10_000, 100_000];
    const sections: Section[] = [];
    for (const checkout of bench.checkouts) {
      sections.push(await measureCheckout(bench, checkout, sizes));
    }
    return sections;
  },
};

function measureCheckout(
  bench: Bench,
  checkout: Checkout,
  sizes: readonly number[],
): Promise<Section> {
  const contenders = sizes.map((count): Contender => {
    const { source, path } = manifestOf(bench, checkout, count);
    const file = bench.file(`bucket/${checkout.name}-${count}/${basename(path)}.js`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source);
    const { functions, assets } = filesOf(checkout);
    const voice = {
      file: fileOf({ functions }, '/voice', checkout),
      functions: [...functions, { path, file }],
      assets,
      context: contextOf(VARIABLES),
      event: form(WEBHOOK_BODY),
    };
    return {
      name: `${count.toLocaleString('en-US')} objects`,
      async measure() {
        const { milliseconds, twiml = '' } = await firstAnswer(voice);
        if (!PLAYS_ASSET.test(twiml)) throw new Error('/voice plays no Asset');
        return { ms: milliseconds, kb: Buffer.byteLength(source) / 1000 };
      },
    };
  });
  return bench.measure({
    title: checkout.name,
    figures: [
      { name: 'ms', title: 'first answer', unit: 'ms' },
      { name: 'kb', title: 'manifest', unit: 'kB', beside: false },
    ],
    contenders,
    beside: contenders[0]?.name ?? '',
    rounds: bench.quick ? 3 : 25,
  });
}

const planner = v.object({
  plan: v.custom<typeof plan>((it) => typeof it === 'function'),
  encodeManifest: v.custom<typeof encodeManifest>((it) => typeof it === 'function'),
  manifestPath: v.custom<typeof manifestPath>((it) => typeof it === 'function'),
});

/** The manifest of the Build that a first sync of a bucket makes. */
function manifestOf(bench: Bench, { name, directory }: Checkout, count: number) {
  const lines =
    "export { plan } from './src/sync/plan'; export { encodeManifest, manifestPath } from './src/manifest';";
  const loaded = bundleAndLoad(lines, directory, bench.file(`bucket/plan-${name}.js`));
  const { plan, encodeManifest, manifestPath } = v.parse(planner, loaded);
  const carryOver = {
    functions: [],
    assets: [
      {
        sid: `ZN${'0'.repeat(32)}`,
        resourceSid: `ZH${'0'.repeat(32)}`,
        path: '/call-flow.json',
        visibility: 'private' as const,
      },
    ],
    dependencies: [],
    runtime: 'node22',
  };
  const base = `ZB${'0'.repeat(32)}`;
  const build = { ...carryOver, sid: base, status: 'completed', createdAt: new Date(0) } as const;
  const nothing = { paths: new Map(), retired: new Map(), refused: new Map() };
  const planned = plan(listingOf(count), { build, manifest: nothing, carryOver }, [], {
    nowEpochSeconds: 0,
    visibility: 'public',
    selects: () => true,
    flowKeys: new Set(samplePrompts.map(({ file }) => PREFIX + file)),
    judged: new Map(),
    notGiven: new Map(),
    bucketName: 'prompts',
    prefix: PREFIX,
    proxyPrefix: PREFIX,
    maxObjectBytes: 25_000_000,
    retentionSeconds: 4 * 3600,
    maxVanishedShare: 0.5,
    force: false,
  });
  const { source, hash } = encodeManifest(planned.manifest);
  return { source, path: manifestPath({ hash, fingerprint: '0'.repeat(16), base }) };
}

/** The samples, which the call flow names, and others of different kinds. */
function listingOf(count: number): PromptObject[] {
  return Array.from({ length: count }, (_, index) => {
    const sample = samplePrompts[index]?.file;
    const isLarge = sample === undefined && index % 10 === 8;
    const ending = index % 10 === 9 ? 'txt' : 'mp3';
    return {
      key: PREFIX + (sample ?? `menus/${String(index).padStart(6, '0')}.${ending}`),
      etag: `"${createHash('md5').update(`${index}`).digest('hex')}"`,
      size: isLarge ? 5_000_000 : 50_000,
      lastModified: new Date(0),
      storageClass: 'STANDARD',
    };
  });
}
