import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { audio, type Callback, type Context } from './function';

let client: S3Client | undefined;

/** What most people write: AWS's SDK, with one client for all requests. */
export function handler(
  context: Context,
  event: { readonly key: string },
  callback: Callback,
): void {
  client ??= new S3Client({
    region: context.S3_REGION,
    endpoint: context.S3_ENDPOINT,
    forcePathStyle: true,
    credentials: {
      accessKeyId: context.S3_ACCESS_KEY_ID ?? '',
      secretAccessKey: context.S3_SECRET_ACCESS_KEY ?? '',
    },
  });
  client
    .send(new GetObjectCommand({ Bucket: context.S3_BUCKET, Key: event.key }))
    .then(({ Body }) => Body?.transformToByteArray())
    .then((bytes = new Uint8Array()) => callback(null, audio(Buffer.from(bytes))))
    .catch(callback);
}
