import { proxyAgent } from '../phone/request';
import { systemClock } from '../src/clock';
import type { Config } from '../src/config';
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
