import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Limit } from './first-answers';
import type { Peers } from './peers';

/** A share of one core, enforced. */
export interface Quota {
  /** What enforces it. */
  readonly by: string;
  readonly limit: Limit;
  readonly undo: () => void;
}

/**
 * Microseconds of a period: short ones, as a first answer takes a few milliseconds, and a period of
 * Linux's default 100 ms would let most of it through unthrottled.
 */
const PERIOD_US = 20_000;

/**
 * Lets commands run at a share of one core: by a control group where that may be made, otherwise by
 * cpulimit. Undefined where there is neither.
 *
 * https://docs.kernel.org/scheduler/sched-bwc.html
 *
 * @param name of the control group
 */
export async function createQuota(
  share: number,
  name: string,
  peers: Peers,
): Promise<Quota | undefined> {
  const quota = String(Math.round(PERIOD_US * share));
  return (
    controlGroup(`/sys/fs/cgroup/cpu/${name}`, 'a control group (v1)', [
      ['cpu.cfs_period_us', String(PERIOD_US)],
      ['cpu.cfs_quota_us', quota],
    ]) ??
    controlGroup(`/sys/fs/cgroup/${name}`, 'a control group (v2)', [
      ['cpu.max', `${quota} ${PERIOD_US}`],
    ]) ??
    (await cpulimit(share, peers))
  );
}

function controlGroup(
  folder: string,
  by: string,
  files: readonly (readonly [string, string])[],
): Quota | undefined {
  let isMade = false;
  const undo = () => {
    if (isMade) rmdirSync(folder);
  };
  try {
    mkdirSync(folder);
    isMade = true;
    for (const [file, text] of files) {
      // A folder without the file is no control group, or none that limits the CPU.
      if (!existsSync(`${folder}/${file}`)) throw new Error(`${folder} has no ${file}`);
      writeFileSync(`${folder}/${file}`, text);
    }
    const limit: Limit = (command) => [
      'sh',
      '-c',
      `echo $$ > ${folder}/cgroup.procs && exec "$@"`,
      'sh',
      ...command,
    ];
    const [program = '', ...args] = limit(['true']);
    if (spawnSync(program, args).status !== 0) throw new Error('no process may enter it');
    return { by, limit, undo };
  } catch {
    undo();
    return undefined;
  }
}

async function cpulimit(share: number, peers: Peers): Promise<Quota | undefined> {
  const peer = await peers.debian('cpulimit');
  if ('missing' in peer) return undefined;
  const percent = String(Math.round(share * 100));
  return {
    by: `${peer.label}, which is coarse`,
    limit: (command) => [
      peer.program,
      '--quiet',
      `--limit=${percent}`,
      '--foreground',
      '--',
      ...command,
    ],
    undo: () => {},
  };
}
