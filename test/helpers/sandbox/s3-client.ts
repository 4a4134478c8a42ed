import { S3Client } from '@aws-sdk/client-s3';
import type { SampleBucketVariables } from '../../../sandbox/sample-bucket';

/** A client of a sandbox's S3. */
export function s3ClientOf(variables: SampleBucketVariables): S3Client {
  const { S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = variables;
  return new S3Client({
    endpoint: S3_ENDPOINT,
    region: S3_REGION,
    credentials: { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
    forcePathStyle: true,
  });
}
