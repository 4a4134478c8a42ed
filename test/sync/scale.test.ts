import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { FULL, sample } from '../helpers/full';
import { firstMessage } from '../helpers/program';
import { audio, Buckets, type Objects, Rig } from '../helpers/sync/rig';
import type { ScaleReport } from '../helpers/sync/scale-process';

const FEW = FULL ? 100 : 24;
const MANY = FULL ? 1000 : 60;
const LARGE = FULL ? 6 : 2;
const MB = 1_000_000;

/** An MP3 of 25 MB: what follows the last frame is not looked at. */
const large = (mark: string) =>
  Buffer.concat([audio(mark), Buffer.alloc(25 * MB - audio(mark).length)]);

const prompts = (count: number, content: (index: number) => Buffer): Objects =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${index}.mp3`, content(index)] as const),
  );

const WAYS = ['directly', 'through a proxy'] as const;
type Way = (typeof WAYS)[number];

let folder: string;
let program: string;
let buckets: Buckets;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scale-test-'));
  program = join(folder, 'program.js');
  const entryPoints = [join(__dirname, '../helpers/sync/scale-process.ts')];
  buildSync({ entryPoints, outfile: program, bundle: true, platform: 'node' });
  buckets = await Buckets.start({
    few: prompts(FEW, (index) => audio(`${index}`)),
    many: prompts(MANY, (index) => (index < LARGE ? large(`${index}`) : audio(`${index}`))),
  });
}, 120_000);
afterAll(async () => {
  await buckets.stop();
  rmSync(folder, { recursive: true });
});

let rig: Rig;
beforeEach(async () => {
  rig = await new Rig(buckets).start();
  rig.followRealTime();
  rig.toolkitDeploy(rig.environment, 0);
});
afterEach(() => rig.stop());

/** Syncs a bucket in a process that reaches Twilio this way. */
async function sync(bucket: string, way: Way): Promise<ScaleReport> {
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, rig.hosts.authority);
  const throughProxy = { HTTP_PROXY: rig.internet.proxyUrl, NODE_EXTRA_CA_CERTS: authority };
  const child = fork(program, {
    execArgv: ['--expose-gc'],
    env: { ...process.env, ...(way === 'through a proxy' && throughProxy) },
  });
  child.send({ ...rig.order(bucket), ...(way === 'directly' && { hosts: rig.hosts }) });
  return firstMessage<ScaleReport>(child);
}

describe('a sync that reaches Twilio by HTTPS', () => {
  it.each(sample(WAYS.toReversed(), 1))(
    `uploads ${FEW} prompts, %s`,
    async (way) => {
      expect(await sync('few', way)).toMatchObject({ status: 'done', uploaded: FEW });
      const expected = await rig.expected('few');
      const differs = [...expected].filter(
        ([path, content]) => !rig.liveAudio.get(path)?.equals(content),
      );
      expect([expected.size, differs]).toEqual([FEW, []]);
    },
    60_000,
  );

  it.each(sample(WAYS, 1))(
    `uploads ${MANY}, ${LARGE} of 25 MB, in little memory, and then makes next to no calls, %s`,
    async (way) => {
      const first = await sync('many', way);
      expect(first).toMatchObject({ status: 'done', uploaded: MANY });
      expect(rig.liveAudio.size).toBe(MANY);
      const [growth = 0, resident] = [first.growth, first.residentGrowth].map((bytes) =>
        Math.round(bytes / 2 ** 20),
      );

      rig.wire.reset();
      const second = await sync('many', way);
      expect(second).toMatchObject({ status: 'done', uploaded: 0 });
      const pages = rig.wire.calls.filter(({ to }) => to === 'S3').length;
      const others = rig.wire.calls.length - pages;
      console.info(
        `Scale, ${way}: ${MANY} prompts; the first run needs ${growth} MiB (${resident} MiB with garbage); a run without a change makes ${pages} + ${others} calls`,
      );
      expect(growth).toBeLessThan(128);
      expect(pages).toBe(1);
      expect(others).toBeLessThanOrEqual(5);
    },
    240_000,
  );
});
