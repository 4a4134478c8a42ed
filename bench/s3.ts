import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { startChild } from './child';
import type { Bench } from './table';

/** An S3 server of this machine with one bucket, in processes of its own. */
export interface BenchS3 {
  /** For the notes of a table, such as `Ceph RGW 18.2.4`. */
  readonly label: string;
  readonly isCeph: boolean;
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: Keys;
  /** The variables of a deployment for this bucket. */
  readonly variables: Readonly<Record<string, string>>;
  put(key: string, body: Buffer): Promise<void>;
  stop(): Promise<void>;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** AWS's documented example. */
const CREDENTIALS: Keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const BUCKET = 'bench-prompts';
const REGION = 'us-east-1';

/** Signs proxy URLs; nothing else knows it. */
export const AUTH_TOKEN = 'the auth token of the bench';

/**
 * Starts Ceph's gateway where it is installed, and the sandbox's S3 server otherwise.
 *
 * @param isEmbedded takes the sandbox's in any case: it starts at once
 */
export async function startS3(bench: Bench, isEmbedded = bench.quick): Promise<BenchS3> {
  const { label, isCeph, endpoint, stop } =
    isEmbedded || !isCephInstalled() ? await startEmbedded(bench) : startCeph(bench);
  const client = new S3Client({
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  bench.defer(() => client.destroy());
  if (isCeph) await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    label,
    isCeph,
    endpoint,
    bucket: BUCKET,
    region: REGION,
    credentials: CREDENTIALS,
    variables: {
      S3_BUCKET: BUCKET,
      S3_REGION: REGION,
      S3_ENDPOINT: endpoint,
      S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      S3_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AUTH_TOKEN,
    },
    async put(Key, Body) {
      const put = { Bucket: BUCKET, Key, Body, ContentType: 'audio/mpeg' };
      await client.send(new PutObjectCommand(put));
    },
    stop,
  };
}

type Server = Pick<BenchS3, 'label' | 'isCeph' | 'endpoint' | 'stop'>;

async function startEmbedded(bench: Bench): Promise<Server> {
  const child = await startChild(bench, 's3', [BUCKET]);
  const endpoint = v.parse(v.string(), child.ready);
  return { label: "the sandbox's S3 server", isCeph: false, endpoint, stop: child.stop };
}

function isCephInstalled(): boolean {
  return ['radosgw', 'ceph-mon', 'ceph-osd'].every(
    (program) => spawnSync(program, ['--version']).status === 0,
  );
}

const CEPH_SCRIPT = join(__dirname, '..', 'scripts', 'ceph.sh');

function startCeph(bench: Bench): Server {
  // Below the ports that systems give to connections.
  const port = randomInt(20_000, 30_000);
  const env = {
    ...process.env,
    CEPH_HOME: bench.file(`ceph-${process.pid}`),
    CEPH_PORT: String(port),
    CEPH_MON_PORT: String(port + 1),
    CEPH_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    CEPH_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  const script = (verb: string) =>
    execFileSync(CEPH_SCRIPT, [verb], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async () => {
    script('stop');
  };
  bench.defer(stop);
  script('start');
  const version = execFileSync('radosgw', ['--version'], { encoding: 'utf8' });
  const label = `Ceph RGW ${/\d+\.\d+\.\d+/.exec(version)?.[0] ?? ''}`;
  return { label, isCeph: true, endpoint: `http://127.0.0.1:${port}`, stop };
}
