import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '../../../cli/command-context';

const script = join(__dirname, '../../../scripts/ceph.sh');

/** Starts a Ceph gateway for all suites, and sets the variables that lead to it. */
export default async function setup(): Promise<void> {
  Object.assign(process.env, {
    S3_SERVER: 'ceph',
    CEPH_HOME: join(tmpdir(), `twilio-s3-play-ceph-${process.pid}`),
    CEPH_PORT: String(await freePort()),
    CEPH_MON_PORT: String(await freePair()),
    // Keys that AWS's documentation gives as examples.
    CEPH_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    CEPH_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    CEPH_READER_KEY_ID: 'AKIAI44QH8DHBEXAMPLE',
    CEPH_READER_SECRET_KEY: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  });
  // At a signal Jest runs no teardown, and a terminal's signals do not reach daemons.
  interruption().then((signal) => {
    stop();
    process.exit(128 + constants.signals[signal]);
  });
  try {
    execFileSync(script, ['start'], { stdio: 'inherit', timeout: 120_000 });
  } catch (thrown) {
    // Ctrl-C ends the script as well, while it starts daemons.
    stop();
    throw thrown;
  }
}

/** Stops the gateway, and removes its data. */
export function stop(): void {
  execFileSync(script, ['stop'], { stdio: 'inherit', timeout: 30_000 });
}

/** Two consecutive ports, as the monitor takes them, below those that systems give to connections. */
async function freePair(): Promise<number> {
  for (;;) {
    const first = randomInt(20_000, 30_000);
    try {
      await freePort(first);
      await freePort(first + 1);
      return first;
    } catch {
      // One of them is taken: try others.
    }
  }
}

/** @param port 0 is any */
async function freePort(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('there is no free port');
}
