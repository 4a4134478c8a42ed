import { proxyAgent } from '../phone/request';
import { systemClock } from '../src/clock';
import type { Config, S3Config } from '../src/config';
import { credentialsOf } from '../src/credentials/with-aws-clients';
import { CHECK_REQUEST_MS, CHECK_TIMEOUT_MS } from '../src/limits';
import { serverOrigin } from '../src/s3/address';
import { PromptBucket } from '../src/s3/prompts';

/** Runs requests for the prompts of the bucket, and ends their connections. */
export async function withBucket<T>(
  { s3 }: Pick<Config, 's3'>,
  work: (bucket: PromptBucket) => Promise<T>,
): Promise<T> {
  const bucket = new PromptBucket(s3, {
    clock: systemClock,
    deadline: systemClock.now().getTime() + CHECK_TIMEOUT_MS,
    timeoutMs: CHECK_REQUEST_MS,
    httpsAgent: proxyAgent(serverOrigin(s3)),
    credentialsOf,
  });
  try {
    return await work(bucket);
  } finally {
    bucket.close();
  }
}

/** What to say where S3 lists nothing: mostly the prefix has a typing mistake. */
export function emptyBucketLine({ bucket, prefix }: Pick<S3Config, 'bucket' | 'prefix'>): string {
  const place = prefix === '' ? `bucket ${bucket}` : `bucket ${bucket} under ${prefix}`;
  const variables = prefix === '' ? 'S3_BUCKET' : 'S3_BUCKET and S3_PREFIX';
  return `S3 lists no object in ${place}. Check ${variables}.`;
}
