import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../sandbox/listen';
import type { MissingContender } from './measure';
import type { BenchS3 } from './s3';
import type { Bench } from './table';

/** A server that is measured. */
export interface PeerServer {
  /** With its version. */
  readonly name: string;
  readonly origin: string;
}

/** `rclone serve http` on the bucket. */
export async function startRclone(
  bench: Bench,
  s3: BenchS3,
): Promise<PeerServer | MissingContender> {
  const peer = await bench.peers.debian('rclone');
  const name = 'rclone serve http';
  if ('missing' in peer) return { name, missing: peer.missing };
  if (!s3.isCeph) return { name, missing: `it lists folders, as ${s3.label} does not` };
  const origin = await freeOrigin();
  const { host } = new URL(origin);
  const args = ['serve', 'http', `bench:${s3.bucket}`, '--addr', host, '--read-only'];
  const child = spawn(peer.program, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...rcloneVariables(s3) },
    stdio: 'ignore',
  });
  if (!(await isServed(bench, child, origin))) return { name, missing: 'it does not start' };
  return { name: `${peer.label}, serve http`, origin };
}

/** rclone's configuration of a remote called `bench`. https://rclone.org/docs/#environment-variables */
export function rcloneVariables({
  endpoint,
  region,
  credentials,
}: Pick<BenchS3, 'endpoint' | 'region' | 'credentials'>): Record<string, string> {
  return {
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Ceph',
    RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
    RCLONE_CONFIG_BENCH_REGION: region,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: credentials.accessKeyId,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** An origin on which nothing listens. */
export async function freeOrigin(): Promise<string> {
  const { url, close } = await listen(() => {});
  await close();
  return url;
}

/** Waits until a server answers, whatever it says; false if it ends. It is stopped with the table. */
export async function isServed(
  bench: Bench,
  child: ChildProcess,
  origin: string,
): Promise<boolean> {
  const exited = once(child, 'exit');
  bench.defer(async () => {
    child.kill();
    await exited;
  });
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const isThere = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
    if (child.exitCode !== null) return false;
    await delay(100);
  }
  return false;
}
