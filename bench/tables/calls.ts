import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { call } from '../../phone';
import { assetPath, FLOW_KEYS, manifestFunction, syncedPaths } from '../call';
import { hostCheckout, hostFunctions } from '../hosts';
import { type Contender, median, type Sample } from '../measure';
import { AUTH_TOKEN, startS3 } from '../s3';
import type { Bench, Table } from '../table';

/** Calls of a whole run, and how many of them go on at once. */
const CALLS = 1000;
const BUSY = 30;
const MEDIA_BYTES = 10_000;
const CONSTANTS = 'constant TwiML and media';

export const calls: Table = {
  name: 'calls',
  title: `${CALLS} calls, ${BUSY} at a time`,
  about: `Calls by the project's own phone: it fetches each webhook and each medium as Twilio does, presses 1 at the first question, and hangs up after the farewell. All prompts have 10 kB. The rows are the levels on which a call can be: prompts as Assets, as the host serves files; through the proxy, without its cache; and the same when S3 has stopped: Assets, a proxy that has the prompts in memory, and one that has not. There the first medium fails, the phone tells the fallback URL, and from then on the texts are said. Beside them: the same number of constant documents and media.`,
  async run(bench) {
    const s3 = await startS3(bench);
    const stopped = await startS3(bench, true);
    const body = Buffer.alloc(MEDIA_BYTES, 1);
    for (const key of FLOW_KEYS) {
      await s3.put(key, body);
      await stopped.put(key, body);
    }
    const rounds = bench.quick ? 1 : 5;
    const count = bench.quick ? 20 : CALLS / rounds;
    const constants = await hostFunctions(bench, ['constant-calls', 'constant-audio'], {
      variables: {},
    });
    const contenders: Contender[] = [
      { name: CONSTANTS, measure: () => callMany(constants, count, '/constant-calls') },
    ];
    for (const checkout of bench.checkouts) {
      const { name } = checkout;
      const add = async (level: string, options: Parameters<typeof hostCheckout>[2]) => {
        const origin = await hostCheckout(bench, checkout, options);
        contenders.push({ name: `${name}, ${level}`, measure: () => callMany(origin, count) });
        return origin;
      };
      const manifest = manifestFunction(bench, checkout, syncedPaths(FLOW_KEYS.length));
      const synced = { functions: [manifest], assets: assetFiles(bench, body) };
      await add('Assets', { variables: s3.variables, ...synced });
      await add('proxy', { variables: { ...s3.variables, AUDIO_CACHE_MB: '0' } });
      await add('Assets, S3 stopped', { variables: stopped.variables, ...synced });
      const inMemory = { ...stopped.variables, AUDIO_CACHE_SECONDS: '1' };
      // Fills the memory of the proxy.
      await callMany(await add('proxy, S3 stopped, in memory', { variables: inMemory }), 1);
      await add('proxy, S3 stopped, not in memory', { variables: stopped.variables });
    }
    await stopped.stop();
    const section = await bench.measure({
      title: '',
      figures: [
        { name: 'failed', title: 'failed media', unit: '', beside: false, showsHighest: true },
        { name: 'broken', title: 'broken calls', unit: '', beside: false, showsHighest: true },
        { name: 'perSecond', title: 'calls', unit: '1/s' },
        { name: 'webhook', title: 'webhook, p50', unit: 'ms' },
        { name: 'media', title: 'medium, p50', unit: 'ms' },
      ],
      contenders,
      beside: CONSTANTS,
      again: false,
      rounds,
      warmUps: 0,
      notes: [
        `S3 is ${s3.label}, and the sandbox's server where it stops. Each round has ${count} calls; failed media and broken calls are those of the worst round.`,
      ],
    });
    return [section];
  },
};

/** The prompts as files that the host serves. */
function assetFiles(bench: Bench, body: Buffer) {
  return FLOW_KEYS.map((key) => {
    const path = assetPath(key);
    const file = bench.file(`calls${path}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    return { path, file, access: 'public' as const };
  });
}

/** Makes so many calls, some of them at once, and sums them up. */
async function callMany(origin: string, count: number, path = '/voice'): Promise<Sample> {
  const times = { webhook: [] as number[], media: [] as number[] };
  let [failed, broken, begun] = [0, 0, 0];
  const start = performance.now();
  const callOnAndOn = async () => {
    while (begun < count) {
      begun += 1;
      const conversation = call({
        voiceUrl: origin + path,
        fallbackUrl: `${origin}/fallback`,
        fallbackOnMediaError: true,
        authToken: AUTH_TOKEN,
        accountSid: `AC${'0'.repeat(32)}`,
        from: '+12025550143',
        to: '+12025550142',
        digits: ['1'],
        append: 'gather',
      });
      let step = await conversation.next();
      for (; !step.done; step = await conversation.next()) {
        const event = step.value;
        if (event.kind === 'verb') continue;
        times[event.kind].push(event.milliseconds);
        if (event.kind === 'media' && event.errorCode !== undefined) failed += 1;
      }
      if (step.value.ended === 'application error') broken += 1;
    }
  };
  await Promise.all(Array.from({ length: BUSY }, callOnAndOn));
  return {
    failed,
    broken,
    perSecond: (count * 1000) / (performance.now() - start),
    webhook: median(times.webhook),
    media: median(times.media),
  };
}
