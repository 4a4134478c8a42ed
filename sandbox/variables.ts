import { randomBytes } from 'node:crypto';
import type { S3Server } from './s3';

export const BUCKET = 'phone-prompts';
export const PREFIX = 'prompts/';

/** The variables of a deployment that finds its prompts in this S3. */
export function deploymentVariables({ endpoint, region, credentials }: S3Server) {
  return {
    S3_BUCKET: BUCKET,
    S3_REGION: region,
    S3_PREFIX: PREFIX,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ADMIN_SECRET: randomBytes(16).toString('hex'),
  };
}
