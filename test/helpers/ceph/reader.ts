import { execFileSync } from 'node:child_process';
import type { TestS3 } from '../s3/server';

/** The variables of the gateway's second user, who owns no bucket. scripts/ceph.sh makes it. */
export function readerVariables(): Readonly<Record<string, string>> {
  const { CEPH_READER_KEY_ID = '', CEPH_READER_SECRET_KEY = '' } = process.env;
  return { S3_ACCESS_KEY_ID: CEPH_READER_KEY_ID, S3_SECRET_ACCESS_KEY: CEPH_READER_SECRET_KEY };
}

/**
 * Gives that user a policy in the place of the one before. Ceph has IAM's PutUserPolicy for its own
 * users, at the gateway's `/`: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
 */
export function givePolicy({ endpoint, region, variables }: TestS3, policy: string): void {
  const { S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = variables;
  const fields = {
    Action: 'PutUserPolicy',
    UserName: 'reader',
    PolicyName: 'least-rights',
    PolicyDocument: policy,
  };
  const data = Object.entries(fields).flatMap(([name, value]) => [
    '--data-urlencode',
    `${name}=${value}`,
  ]);
  const signed = [
    '--aws-sigv4',
    `aws:amz:${region}:s3`,
    '--user',
    `${S3_ACCESS_KEY_ID}:${S3_SECRET_ACCESS_KEY}`,
  ];
  execFileSync('curl', ['--silent', '--show-error', '--fail', ...signed, ...data, `${endpoint}/`]);
}
