import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BucketFile } from '../../../sandbox/bucket-files';
import type { S3Server } from '../../../sandbox/s3';
import { type SampleBucketVariables, startSampleBucket } from '../../../sandbox/sample-bucket';
import { type NpmStart, npmStart } from './npm-start';

export interface OwnBucketStart extends NpmStart {
  /** The user's own S3, in the test's process: it stops, and no event of it calls /sync. */
  readonly s3: S3Server;
  readonly bucket: string;
  /** Variables with which clients find the bucket. */
  readonly bucketVariables: SampleBucketVariables;
}

/** Runs `npm start -- --env <file>` on a bucket with the sample prompts. */
export async function npmStartWithOwnBucket(
  files: readonly BucketFile[] = [],
): Promise<OwnBucketStart> {
  const { s3, variables } = await startSampleBucket(files);
  const folder = mkdtempSync(join(tmpdir(), 'own-bucket-'));
  const file = join(folder, '.env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  const started = await npmStart('--env', file).finally(() => rmSync(folder, { recursive: true }));
  return {
    ...started,
    s3,
    bucket: variables.S3_BUCKET,
    bucketVariables: variables,
    async stop() {
      await started.stop();
      await s3.stop();
    },
  };
}
