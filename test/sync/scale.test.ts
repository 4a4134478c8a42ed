import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { audio, Buckets, Rig } from './rig';
import type { ScaleReport } from './scale-process';

const LARGE = 6;
const MB = 1_000_000;

/** An MP3 of 25 MB: what follows the last frame is not looked at. */
const large = (mark: string) =>
  Buffer.concat([audio(mark), Buffer.alloc(25 * MB - audio(mark).length)]);

async function runInOwnProcess(rig: Rig): Promise<ScaleReport> {
  const child = fork(join(__dirname, 'scale-process.ts'), {
    execArgv: ['--expose-gc', '--require', require.resolve('tsx/cjs')],
  });
  child.send(rig.order('thousand'));
  const [report] = await once(child, 'message');
  return report;
}

describe('a thousand prompts, six of them of 25 MB', () => {
  it('are synced in little memory, and then cost next to no calls', async () => {
    const objects = Object.fromEntries(
      Array.from({ length: 1000 - 1 }, (_, index) => [
        `${index}.mp3`,
        index < LARGE ? large(`${index}`) : audio(`${index}`),
      ]),
    );
    const buckets = await Buckets.start({ thousand: objects });
    const rig = await new Rig(buckets).start();
    rig.followRealTime();
    rig.toolkitDeploy();

    const first = await runInOwnProcess(rig);
    expect(first).toMatchObject({ status: 'done', uploaded: 999 });
    expect(rig.liveAudio.size).toBe(999);
    const [growth = 0, resident] = [first.growth, first.residentGrowth].map((bytes) =>
      Math.round(bytes / 2 ** 20),
    );

    rig.wire.reset();
    const second = await runInOwnProcess(rig);
    expect(second).toMatchObject({ status: 'done', uploaded: 0 });
    const pages = rig.wire.calls.filter(({ to }) => to === 'S3').length;
    const others = rig.wire.calls.length - pages;
    console.info(
      `Scale: 999 prompts; the first run needs ${growth} MiB (${resident} MiB with garbage); a run without a change makes ${pages} + ${others} calls`,
    );
    expect(growth).toBeLessThan(128);
    expect(pages).toBe(1);
    expect(others).toBeLessThanOrEqual(5);
    await rig.stop();
    await buckets.stop();
  }, 180_000);
});
