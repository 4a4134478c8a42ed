import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config';
import { ConfigError } from '../../src/errors';

const bucket = { S3_BUCKET: 'examplebucket', S3_REGION: 'eu-central-1' };
const keys = {
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const S3_ROLE_ARN = 'arn:aws:iam::123456789012:role/prompts';
const S3_COGNITO_IDENTITY_ID = 'us-east-1:11111111-2222-3333-4444-555555555555';

const sourceOf = (variables: Record<string, string>) =>
  readConfig({ ...bucket, ...variables }).s3.credentials;

function complaintsAbout(variables: Record<string, string>): string {
  try {
    sourceOf(variables);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

describe('credentials come', () => {
  it('from an access key', () => {
    expect(sourceOf(keys)).toMatchObject({
      kind: 'access key',
      keys: { accessKeyId: keys.S3_ACCESS_KEY_ID },
    });
  });

  it('from a role that the access key assumes, in the region of the bucket', () => {
    expect(sourceOf({ ...keys, S3_ROLE_ARN, S3_ROLE_EXTERNAL_ID: 'external' })).toMatchObject({
      kind: 'role',
      roleArn: S3_ROLE_ARN,
      externalId: 'external',
      region: 'eu-central-1',
      endpoint: undefined,
    });
  });

  it('from a Cognito identity, without any key', () => {
    const S3_CREDENTIALS_ENDPOINT = 'http://127.0.0.1:7480';
    expect(sourceOf({ S3_COGNITO_IDENTITY_ID, S3_CREDENTIALS_ENDPOINT })).toEqual({
      kind: 'cognito',
      identityId: S3_COGNITO_IDENTITY_ID,
      login: undefined,
      endpoint: S3_CREDENTIALS_ENDPOINT,
    });
  });

  it('from a Cognito identity with a login', () => {
    const login = {
      S3_COGNITO_LOGIN_PROVIDER: 'accounts.example.com',
      S3_COGNITO_LOGIN_TOKEN: 'a-token',
    };
    expect(sourceOf({ S3_COGNITO_IDENTITY_ID, ...login })).toMatchObject({
      login: { provider: 'accounts.example.com', token: 'a-token' },
    });
  });

  it('from a role of another partition, or of a Ceph gateway', () => {
    for (const arn of ['arn:aws-us-gov:iam::123456789012:role/a/b', 'arn:aws:iam:::role/a']) {
      expect(sourceOf({ ...keys, S3_ROLE_ARN: arn })).toMatchObject({ kind: 'role' });
    }
  });
});

describe('credentials are refused', () => {
  it.each<[Record<string, string>, string]>([
    [{}, 'S3_ACCESS_KEY_ID is not set'],
    [{ S3_ROLE_ARN }, 'S3_SECRET_ACCESS_KEY is not set'],
    [{ ...keys, S3_ROLE_ARN: 'prompts' }, 'S3_ROLE_ARN must be the ARN of a role'],
    [{ S3_COGNITO_IDENTITY_ID: 'a guest' }, 'S3_COGNITO_IDENTITY_ID must be an identity id'],
    [{ ...keys, S3_COGNITO_IDENTITY_ID }, 'S3_ACCESS_KEY_ID is set beside S3_COGNITO_IDENTITY_ID'],
    [{ S3_COGNITO_IDENTITY_ID, S3_ROLE_ARN }, 'S3_ROLE_ARN is set beside S3_COGNITO_IDENTITY_ID'],
    [{ S3_COGNITO_IDENTITY_ID, S3_COGNITO_LOGIN_TOKEN: 'a' }, 'need each other'],
    [{ ...keys, S3_CREDENTIALS_ENDPOINT: 'http://example.com' }, 'S3_CREDENTIALS_ENDPOINT must be'],
  ])('%j: %s', (variables, complaint) => {
    expect(complaintsAbout(variables)).toContain(complaint);
  });

  it('together with what else is wrong', () => {
    const complaints = complaintsAbout({ S3_BUCKET: '' });
    expect(complaints).toContain('S3_BUCKET is not set');
    expect(complaints).toContain('S3_ACCESS_KEY_ID is not set');
  });

  it('without repeating a secret', () => {
    expect(complaintsAbout({ ...keys, S3_SECRET_ACCESS_KEY: 'hush hush' })).not.toContain('hush');
    const token = { S3_COGNITO_IDENTITY_ID, S3_COGNITO_LOGIN_TOKEN: 'hush hush' };
    expect(complaintsAbout(token)).not.toContain('hush');
  });
});
