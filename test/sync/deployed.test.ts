import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { FULL } from '../helpers/full';
import { firstMessage } from '../helpers/program';
import type { DeployedReport } from '../helpers/sync/deployed-process';
import { audio, Buckets, Rig } from '../helpers/sync/rig';

const MB = 1_000_000;
const COUNT = FULL ? 24 : 8;
const content = (mark: string) => Buffer.concat([audio(mark), Buffer.alloc(7.8 * MB)]);
const file = join(__dirname, '..', '..', '.twilioserverless', 'functions', 'sync.js');

let folder: string;
let buckets: Buckets;
let rig: Rig;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deployed-test-'));
  const objects = Array.from(
    { length: COUNT },
    (_, at) => [`${at}.mp3`, content(`${at}`)] as const,
  );
  buckets = await Buckets.start({ large: Object.fromEntries(objects) });
  rig = await new Rig(buckets).start();
  rig.followRealTime();
  rig.toolkitDeploy();
});
afterAll(async () => {
  await rig.stop();
  await buckets.stop();
  rmSync(folder, { recursive: true });
});

/** Calls the built Function until it does not answer 503, in a process that runs nothing else. */
async function callUntilDone(): Promise<DeployedReport> {
  const program = join(folder, 'program.js');
  const entryPoints = [join(__dirname, '../helpers/sync/deployed-process.ts')];
  buildSync({ entryPoints, outfile: program, bundle: true, platform: 'node' });
  const child = fork(program, { execArgv: [] });
  child.send({ file, hosts: rig.hosts, context: rig.context('large') });
  return firstMessage<DeployedReport>(child);
}

describe('the deployed /sync', () => {
  it(`uploads ${COUNT} prompts of 7.9 MB by HTTPS in the memory of a Function`, async () => {
    const { statuses, last, resident } = await callUntilDone();
    console.info(`${statuses.length} steps, ${Math.round(resident / 2 ** 20)} MiB in all`);
    expect([statuses.at(-1), last]).toEqual([200, expect.objectContaining({ prompts: COUNT })]);
    expect(rig.liveAudio.size).toBe(COUNT);
    expect(resident).toBeLessThan(256 * 2 ** 20);
  }, 120_000);
});
