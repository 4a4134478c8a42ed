import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { samplePrompts } from '../../sandbox/prompts';
import type { encodeManifest, manifestPath } from '../../src/manifest';
import type { PromptObject } from '../../src/s3/prompts';
import type { plan } from '../../src/sync/plan';
import { bundleAndLoad } from '../bundle';
import type { Contender } from '../measure';
import { runToSuccess } from '../program';
import type { Bench, Checkout, Section, Table } from '../table';

const PROGRAM = join(__dirname, '..', 'first-webhook.js');
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
    const { voice, layout, manifestBytes } = layOut(bench, checkout, count);
    return {
      name: `${count.toLocaleString('en-US')} objects`,
      async measure() {
        const { output } = await runToSuccess(process.execPath, [PROGRAM, voice, layout], {
          cwd: checkout.directory,
        });
        return { ms: Number(output), kb: manifestBytes / 1000 };
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

/** Lays out the built Functions and Assets as Twilio does, with the manifest of a bucket. */
function layOut(bench: Bench, checkout: Checkout, count: number) {
  const built = join(checkout.directory, '.twilioserverless', 'functions');
  const functions = readdirSync(built).map((file) => [pathOf(file), { path: join(built, file) }]);
  const assetFolder = join(checkout.directory, 'assets');
  const assets = readdirSync(assetFolder).map((file) => [
    file.replace('.private', '').replace(/^/, '/'),
    { path: join(assetFolder, file) },
  ]);
  const manifest = manifestOf(bench, checkout, count);
  const folder = bench.file(`bucket/${checkout.name}-${count}`);
  const manifestFile = join(folder, `${basename(manifest.path)}.js`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(manifestFile), { recursive: true });
  writeFileSync(manifestFile, manifest.source);
  const layout = join(folder, 'layout.json');
  writeFileSync(
    layout,
    JSON.stringify({
      functions: Object.fromEntries([...functions, [manifest.path, { path: manifestFile }]]),
      assets: Object.fromEntries(assets),
      context: {
        DOMAIN_NAME: 'bench-1234-dev.twil.io',
        AUTH_TOKEN: 'a token of the bench',
        S3_BUCKET: 'prompts',
        S3_REGION: 'us-east-1',
        S3_PREFIX: PREFIX,
        // AWS's documented example.
        S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
      event: { request: { headers: {}, cookies: {} }, CallSid: `CA${'0'.repeat(32)}` },
    }),
  );
  const voice = join(built, 'voice.protected.js');
  return { voice, layout, manifestBytes: Buffer.byteLength(manifest.source) };
}

const pathOf = (file: string) => `/${file.replace(/(\.protected|\.private)?\.js$/, '')}`;

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
