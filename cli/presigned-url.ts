import type { S3Config } from '../src/config';
import { credentialsOf } from '../src/credentials/with-aws-clients';
import { usesPathStyle } from '../src/s3/address';

const SECONDS = 60 * 60;

/** The URL that AWS's own presigner makes, which is what most people play. */
export async function presignedUrl(s3: S3Config, key: string): Promise<string> {
  // Most of what a command would load.
  const [{ GetObjectCommand, S3Client }, { getSignedUrl }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  const client = new S3Client({
    region: s3.region,
    credentials: () => credentialsOf(s3.credentials),
    forcePathStyle: usesPathStyle(s3),
    ...(s3.endpoint !== undefined && { endpoint: s3.endpoint }),
  });
  const get = new GetObjectCommand({ Bucket: s3.bucket, Key: key });
  const url = await getSignedUrl(client, get, { expiresIn: SECONDS });
  client.destroy();
  return url;
}
