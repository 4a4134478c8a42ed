import { readFileSync } from 'node:fs';
import { promptPath, samplePrompts } from './prompts';
import { type S3Server, startS3 } from './s3';

const BUCKET = 'phone-prompts';
const PREFIX = 'prompts/';
const HOUR_MS = 60 * 60_000;

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

export async function startSampleBucket(): Promise<SampleBucket> {
  const s3 = await startS3({ buckets: [BUCKET] });
  // Old, so that the first sync need not wait for the end of a burst of uploads.
  const lastModified = new Date(Date.now() - HOUR_MS);
  for (const prompt of samplePrompts) {
    const headers = { 'content-type': 'audio/mpeg' };
    s3.store.put(BUCKET, PREFIX + prompt.file, readFileSync(promptPath(prompt)), {
      headers,
      lastModified,
    });
  }
  const variables = {
    S3_BUCKET: BUCKET,
    S3_REGION: s3.region,
    S3_PREFIX: PREFIX,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  };
  return { s3, variables };
}
