import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { type Config, readConfig } from '../../../src/config';

/** An S3 server with a bucket for one test. */
export interface TestS3 {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly client: S3Client;
  /** The variables of a deployment for this bucket. */
  readonly variables: Readonly<Record<string, string>>;
  /** @returns the object's ETag */
  put(key: string, body: Buffer, options?: PutOptions): Promise<string | undefined>;
  config(changes?: Readonly<Record<string, string>>): Config;
  stop(): Promise<void>;
}

export interface PutOptions {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentEncoding?: string;
}

type Server = Pick<S3Server, 'endpoint' | 'region' | 'credentials' | 'stop'>;

/** Whether a Ceph gateway takes the place of the sandbox's server: S3_SERVER=ceph. */
export const ON_CEPH = process.env.S3_SERVER === 'ceph';

/** Starts the sandbox's server, or uses the Ceph gateway that is running. */
export async function startTestS3(): Promise<TestS3> {
  const bucket = `prompts-${randomUUID()}`;
  const server: Server = ON_CEPH ? cephFromEnvironment() : await startS3({ buckets: [bucket] });
  const { endpoint, region, credentials } = server;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  if (ON_CEPH) await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const variables = {
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AUTH_TOKEN: 'a token for tests',
  };
  return {
    endpoint,
    region,
    bucket,
    client,
    variables,
    async put(Key, Body, options) {
      const put = new PutObjectCommand({ Bucket: bucket, Key, Body, ...options });
      return (await client.send(put)).ETag;
    },
    config: (changes) => readConfig({ ...variables, ...changes }),
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}

/** The gateway that Jest's global setup started. The teardown stops it. */
function cephFromEnvironment(): Server {
  const { CEPH_PORT = '', CEPH_ACCESS_KEY_ID = '', CEPH_SECRET_ACCESS_KEY = '' } = process.env;
  return {
    endpoint: `http://127.0.0.1:${CEPH_PORT}`,
    region: 'us-east-1',
    credentials: { accessKeyId: CEPH_ACCESS_KEY_ID, secretAccessKey: CEPH_SECRET_ACCESS_KEY },
    stop: async () => {},
  };
}
