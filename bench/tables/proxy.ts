import { randomBytes } from 'node:crypto';
import { formatBytes } from '../../cli/format';
import { signProxyQuery } from '../../src/proxy/signed-url';
import { hostCheckout, hostFunctions } from '../hosts';
import { inSequence, LOAD_FIGURES, type LoadGenerator, startLoad } from '../load';
import type { Contender, Sample } from '../measure';
import { startNginx } from '../nginx';
import { startRclone } from '../rclone';
import { AUTH_TOKEN, type BenchS3, startS3 } from '../s3';
import type { Bench, Section, Table } from '../table';

const SIZES = [10_000, 100_000, 1_000_000];
const CONSTANT = 'the runtime with a constant Buffer';
const DIRECT = 'a signed GET in bare Node';
const FLOOR = 'floor: both of these';
const SDK = "AWS's SDK, one client";

const keyOf = (bytes: number) => `prompts/${bytes}.mp3`;

export const proxy: Table = {
  name: 'proxy',
  title: 'The audio proxy',
  about:
    "Audio from S3 through /audio, over HTTP on this machine, without and then with its cache. All Functions run in Twilio's own runtime, each in a process of its own. The floor is two things measured for themselves, whose times add up: that runtime with a Function that answers a constant Buffer, and one signed GET straight to S3. The hand-written Function signs with aws4 and fetches with node:http; it checks and tries nothing again. The SDK's Function keeps its client. rclone and nginx are servers of their own, which no runtime holds up: nginx signs with a script of ours.",
  async run(bench) {
    const s3 = await startS3(bench);
    const sizes = bench.quick ? SIZES.slice(0, 1) : SIZES;
    for (const bytes of sizes) await s3.put(keyOf(bytes), randomBytes(bytes));
    const load = await startLoad(bench);
    const contendersFor = await startContenders(bench, s3, load);
    const sections: Section[] = [];
    for (const bytes of sizes) {
      sections.push(
        await bench.measure({
          title: `${formatBytes(bytes)}, cache off`,
          figures: [
            LOAD_FIGURES.p50,
            { ...LOAD_FIGURES.one, beside: SDK },
            { ...LOAD_FIGURES.busy, beside: SDK },
          ],
          contenders: contendersFor(bytes),
          beside: FLOOR,
          again: CONSTANT,
          rounds: bench.quick ? 2 : 7,
          // The compiler takes some 2,000 requests until it has optimised all of a Function.
          warmUps: bench.quick ? 0 : sections.length === 0 ? 8 : 1,
          maxMs: 40_000,
          notes: [
            `S3 is ${s3.label}.`,
            'The ratios of p50 are beside the floor, those of requests a second beside the SDK.',
          ],
        }),
      );
    }
    return [...sections, await cacheHits(bench, s3, load)];
  },
};

async function startContenders(bench: Bench, s3: BenchS3, load: LoadGenerator) {
  const { variables, credentials, region } = s3;
  const ours: { readonly name: string; readonly origin: string }[] = [];
  for (const checkout of bench.checkouts) {
    const off = { ...variables, AUDIO_CACHE_MB: '0' };
    const origin = await hostCheckout(bench, checkout, { variables: off });
    ours.push({ name: checkout.name, origin });
  }
  const host = (name: string) => hostFunctions(bench, [name], { variables });
  const constant = await host('constant-audio');
  const handWritten = await host('hand-written-audio');
  const sdk = await host('sdk-audio');
  const { label: aws4Label } = await bench.peers.npm('aws4');
  await bench.peers.npm('@aws-sdk/client-s3');
  const rclone = await startRclone(bench, s3);
  const nginx = await startNginx(bench, s3);

  return (bytes: number): Contender[] => {
    const key = keyOf(bytes);
    const by = (name: string, url: string, signer?: typeof credentials & { region: string }) => ({
      name,
      measure: () => load.measure({ url, bytes, signer }),
    });
    return [
      by(CONSTANT, `${constant}/constant-audio?bytes=${bytes}`),
      by(DIRECT, `${s3.endpoint}/${s3.bucket}/${key}`, { ...credentials, region }),
      { name: FLOOR, of: [CONSTANT, DIRECT], derive: inSequence },
      ...ours.map(({ name, origin }) => by(name, proxyUrl(origin, s3, key))),
      by(`hand-written, ${aws4Label}`, `${handWritten}/hand-written-audio?key=${key}`),
      by(SDK, `${sdk}/sdk-audio?key=${key}`),
      'missing' in rclone ? rclone : by(rclone.name, `${rclone.origin}/${key}`),
      'missing' in nginx ? nginx : by(nginx.name, `${nginx.origin}/${key}`),
    ];
  };
}

/** A URL as /voice gives it out. */
function proxyUrl(origin: string, { bucket }: BenchS3, key: string): string {
  return `${origin}/audio?${signProxyQuery({ authToken: AUTH_TOKEN, bucket }, key, new Date())}`;
}

async function cacheHits(bench: Bench, s3: BenchS3, load: LoadGenerator): Promise<Section> {
  const [bytes = 0] = SIZES;
  const key = keyOf(bytes);
  const by = (name: string, url: string) => ({
    name,
    measure: (): Promise<Sample> => load.measure({ url, bytes }),
  });
  const constant = await hostFunctions(bench, ['constant-audio'], { variables: s3.variables });
  const contenders: Contender[] = [by(CONSTANT, `${constant}/constant-audio?bytes=${bytes}`)];
  for (const checkout of bench.checkouts) {
    // A day, so that no request of the run revalidates.
    const variables = { ...s3.variables, AUDIO_CACHE_SECONDS: '86400' };
    const origin = await hostCheckout(bench, checkout, { variables });
    contenders.push(by(checkout.name, proxyUrl(origin, s3, key)));
  }
  const nginx = await startNginx(bench, s3, { hasCache: true });
  contenders.push('missing' in nginx ? nginx : by(nginx.name, `${nginx.origin}/${key}`));
  return bench.measure({
    title: `${formatBytes(bytes)}, cache hit`,
    figures: [LOAD_FIGURES.p50, LOAD_FIGURES.one, LOAD_FIGURES.busy],
    contenders,
    beside: CONSTANT,
    rounds: bench.quick ? 2 : 9,
    warmUps: bench.quick ? 1 : 3,
    notes: ["nginx's cache is a server of its own, without Twilio's runtime."],
  });
}
