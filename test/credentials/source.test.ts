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

function problemsOf(variables: Record<string, string>): string {
  try {
    sourceOf(variables);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

describe('the source of credentials is', () => {
  it('an access key', () => {
    expect(sourceOf(keys)).toMatchObject({
      kind: 'access key',
      keys: { accessKeyId: keys.S3_ACCESS_KEY_ID },
    });
  });

  it('the access key in one variable, before those in two', () => {
    expect(sourceOf({ ...keys, S3_ACCESS_KEY: 'AKIAI44QH8DHBEXAMPLE:new:secret+/=' })).toEqual({
      kind: 'access key',
      keys: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', secretAccessKey: 'new:secret+/=' },
    });
  });

  it('a role that the access key in one variable assumes', () => {
    expect(sourceOf({ S3_ACCESS_KEY: 'id:secret', S3_ROLE_ARN })).toMatchObject({
      kind: 'role',
      keys: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });
  });

  it('a role that the access key assumes, in the region of the bucket', () => {
    expect(sourceOf({ ...keys, S3_ROLE_ARN, S3_ROLE_EXTERNAL_ID: 'external' })).toMatchObject({
      kind: 'role',
      roleArn: S3_ROLE_ARN,
      externalId: 'external',
      region: 'eu-central-1',
      endpoint: undefined,
    });
  });

  it('a Cognito identity, without any key', () => {
    const S3_CREDENTIALS_ENDPOINT = 'http://127.0.0.1:7480';
    expect(sourceOf({ S3_COGNITO_IDENTITY_ID, S3_CREDENTIALS_ENDPOINT })).toEqual({
      kind: 'cognito',
      identityId: S3_COGNITO_IDENTITY_ID,
      login: undefined,
      endpoint: S3_CREDENTIALS_ENDPOINT,
    });
  });

  it('a Cognito identity with a login', () => {
    const login = {
      S3_COGNITO_LOGIN_PROVIDER: 'accounts.example.com',
      S3_COGNITO_LOGIN_TOKEN: 'a-token',
    };
    expect(sourceOf({ S3_COGNITO_IDENTITY_ID, ...login })).toMatchObject({
      login: { provider: 'accounts.example.com', token: 'a-token' },
    });
  });

  it('a role of another partition, or of a Ceph gateway', () => {
    for (const arn of ['arn:aws-us-gov:iam::123456789012:role/a/b', 'arn:aws:iam:::role/a']) {
      expect(sourceOf({ ...keys, S3_ROLE_ARN: arn })).toMatchObject({ kind: 'role' });
    }
  });
});

describe('variables that give no credentials', () => {
  it.each<[Record<string, string>, string]>([
    [{}, 'S3_ACCESS_KEY is not set, nor are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY'],
    [{ S3_ROLE_ARN }, 'S3_ACCESS_KEY is not set, nor are'],
    [{ S3_ACCESS_KEY_ID: 'id' }, 'S3_SECRET_ACCESS_KEY is not set'],
    [{ S3_SECRET_ACCESS_KEY: 'secret' }, 'S3_ACCESS_KEY_ID is not set'],
    [{ ...keys, S3_ROLE_ARN: 'prompts' }, 'S3_ROLE_ARN must be the ARN of a role'],
    [{ S3_COGNITO_IDENTITY_ID: 'a guest' }, 'S3_COGNITO_IDENTITY_ID must be an identity id'],
    [{ ...keys, S3_COGNITO_IDENTITY_ID }, 'S3_ACCESS_KEY_ID is set beside S3_COGNITO_IDENTITY_ID'],
    [
      { S3_ACCESS_KEY: 'id:secret', S3_COGNITO_IDENTITY_ID },
      'S3_ACCESS_KEY is set beside S3_COGNITO_IDENTITY_ID',
    ],
    [{ S3_ACCESS_KEY: 'id' }, 'S3_ACCESS_KEY must be an access key id, a colon and its secret'],
    [{ S3_COGNITO_IDENTITY_ID, S3_ROLE_ARN }, 'S3_ROLE_ARN is set beside S3_COGNITO_IDENTITY_ID'],
    [{ S3_COGNITO_IDENTITY_ID, S3_COGNITO_LOGIN_TOKEN: 'a' }, 'need each other'],
    [{ ...keys, S3_CREDENTIALS_ENDPOINT: 'http://example.com' }, 'S3_CREDENTIALS_ENDPOINT must be'],
  ])('%j are refused with: %s', (variables, problem) => {
    expect(problemsOf(variables)).toContain(problem);
  });

  it('are named together with everything else that is wrong', () => {
    const problems = problemsOf({ S3_BUCKET: '' });
    expect(problems).toContain('S3_BUCKET is not set');
    expect(problems).toContain('S3_ACCESS_KEY is not set');
  });

  it('are refused without printing a secret', () => {
    expect(problemsOf({ ...keys, S3_SECRET_ACCESS_KEY: 'hush hush' })).not.toContain('hush');
    expect(problemsOf({ S3_ACCESS_KEY: 'hush hush' })).not.toContain('hush');
    const token = { S3_COGNITO_IDENTITY_ID, S3_COGNITO_LOGIN_TOKEN: 'hush hush' };
    expect(problemsOf(token)).not.toContain('hush');
  });
});
