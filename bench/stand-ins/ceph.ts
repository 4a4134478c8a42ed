import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { Agent, request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import aws4 from 'aws4';
import { PROJECT_DIRECTORY } from '../../cli/project';
import { listen } from '../../sandbox/listen';
import type { Bench } from '../table';
import type { S3Access } from './s3-access';

const run = promisify(execFile);
const SCRIPT = join(PROJECT_DIRECTORY, 'scripts', 'ceph.sh');

/** AWS's documented example. */
const KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** Requests at once: more do not make Ceph's memory store faster. */
const UPLOADS = 32;

/**
 * Starts a Ceph gateway until the table ends.
 *
 * @returns undefined where Ceph is not installed
 */
export async function startCeph(bench: Bench): Promise<Omit<S3Access, 'bucket'> | undefined> {
  const { port, close } = await listen(() => undefined);
  await close();
  const env = {
    ...process.env,
    CEPH_HOME: bench.file('ceph'),
    CEPH_PORT: `${port}`,
    CEPH_MON_PORT: `${randomInt(20_000, 30_000)}`,
    CEPH_ACCESS_KEY_ID: KEYS.accessKeyId,
    CEPH_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  };
  bench.defer(async () => void (await run(SCRIPT, ['stop'], { env })));
  try {
    await run(SCRIPT, ['start'], { env, timeout: 60_000 });
  } catch {
    return undefined;
  }
  return { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: KEYS };
}

/** Makes a bucket of these objects. */
export async function fillBucket(
  { endpoint, region, credentials, bucket }: S3Access,
  objects: readonly { readonly key: string; readonly content: Buffer }[],
): Promise<void> {
  const { host, hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const put = async (path: string, body: Buffer) => {
    const unsigned = {
      service: 's3',
      region,
      method: 'PUT',
      host,
      path,
      headers: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'Content-Length': body.length },
    };
    const { headers = {} } = aws4.sign(unsigned, credentials);
    const request = sendRequest({ agent, hostname, port, method: 'PUT', path });
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, String(value));
    await new Promise<void>((resolve, reject) => {
      request.on('error', reject).on('response', async (response) => {
        const answer = await text(response);
        if (response.statusCode === 200) resolve();
        else reject(new Error(`PUT ${path}: ${response.statusCode} ${answer}`));
      });
      request.end(body);
    });
  };
  await put(`/${bucket}`, Buffer.alloc(0));
  const left = objects.values();
  const upload = async () => {
    for (const { key, content } of left) {
      await put(`/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, content);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS }, upload));
  agent.destroy();
}
