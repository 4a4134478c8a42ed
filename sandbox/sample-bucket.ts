import { readFileSync } from 'node:fs';
import { playableType } from '../src/media-types';
import { type BucketFile, readBucketFiles } from './bucket-files';
import { promptFolder } from './prompts';
import { type S3Server, startS3 } from './s3';

const BUCKET = 'phone-prompts';
const HOUR_MS = 60 * 60_000;

/** What the keys of all files begin with. */
export const SAMPLE_PREFIX = 'prompts/';

/** An S3 server with one bucket, which holds the sample prompts. */
export interface SampleBucket {
  readonly s3: S3Server;
  /** The variables with which a deployment finds it. */
  readonly variables: SampleBucketVariables;
}

export type SampleBucketVariables = Readonly<
  Record<
    | 'S3_BUCKET'
    | 'S3_REGION'
    | 'S3_PREFIX'
    | 'S3_ENDPOINT'
    | 'S3_ACCESS_KEY_ID'
    | 'S3_SECRET_ACCESS_KEY',
    string
  >
>;

/**
 * Starts an S3 server with a bucket that holds the sample prompts.
 *
 * @param ownFiles are there, too; those with the name of a sample replace it
 */
export async function startSampleBucket(
  ownFiles: readonly BucketFile[] = [],
  sampleFolder = promptFolder,
): Promise<SampleBucket> {
  const s3 = await startS3({ buckets: [BUCKET] });
  // Old, so that the first sync need not wait for the end of a burst of uploads.
  const lastModified = new Date(Date.now() - HOUR_MS);
  for (const { name, path } of [...sampleFiles(sampleFolder), ...ownFiles]) {
    const type = playableType(undefined, name) ?? 'application/octet-stream';
    const headers = { 'content-type': type };
    s3.store.put(BUCKET, SAMPLE_PREFIX + name, readFileSync(path), { headers, lastModified });
  }
  const variables = {
    S3_BUCKET: BUCKET,
    S3_REGION: s3.region,
    S3_PREFIX: SAMPLE_PREFIX,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  };
  return { s3, variables };
}

/** Every file of the sample folder, but for those that describe it. */
function sampleFiles(folder: string): BucketFile[] {
  return readBucketFiles(folder).filter(({ name }) => !/\.(?:ts|json|md)$/.test(name));
}
