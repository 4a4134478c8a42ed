import * as v from 'valibot';
import { matching, optional, origin } from '../variable-types';
import type { AssumedRole, CredentialSource } from './source';

const entries = v.object({
  S3_ACCESS_KEY_ID: matching(
    /^[\w.-]+$/,
    'must be an access key id: letters, digits, dot, hyphen and underscore',
  ),
  S3_SECRET_ACCESS_KEY: matching(/^\S+$/, 'must be a secret access key, without blanks'),
  S3_ROLE_ARN: matching(
    /^arn:[\w-]+:iam::\d*:role\/\S+$/,
    'must be the ARN of a role, such as arn:aws:iam::123456789012:role/prompts',
  ),
  S3_ROLE_EXTERNAL_ID: optional,
  S3_COGNITO_IDENTITY_ID: matching(
    /^[\w-]+:[0-9a-f-]+$/,
    'must be an identity id: the region, a colon and a GUID',
  ),
  S3_COGNITO_LOGIN_PROVIDER: optional,
  S3_COGNITO_LOGIN_TOKEN: matching(/^\S+$/, 'must be a token, without blanks'),
  S3_CREDENTIALS_ENDPOINT: origin,
});

type Variables = v.InferOutput<typeof entries>;

/** An assumed role is asked for in the bucket's region, which is another variable. */
type Source = Exclude<CredentialSource, AssumedRole> | Omit<AssumedRole, 'region'>;

/** Where credentials come from, decided by which variables are set. */
export const credentialVariables = v.pipe(
  entries,
  v.rawTransform<Variables, Source>(({ dataset, addIssue, NEVER }) => {
    const complain = (message: string) => addIssue({ message });
    return sourceOf(dataset.value, complain) ?? NEVER;
  }),
);

/** Names of the variables, for who picks them out of many. */
export const credentialNames = Object.keys(entries.entries);

type Complain = (message: string) => void;

function sourceOf(env: Variables, complain: Complain): Source | undefined {
  const { S3_COGNITO_IDENTITY_ID: identityId } = env;
  return identityId === undefined
    ? keySource(env, complain)
    : cognitoSource(identityId, env, complain);
}

function keySource(env: Variables, complain: Complain): Source | undefined {
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId === undefined) complain('S3_ACCESS_KEY_ID is not set');
  if (secretAccessKey === undefined) complain('S3_SECRET_ACCESS_KEY is not set');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const keys = { accessKeyId, secretAccessKey };
  const { S3_ROLE_ARN: roleArn, S3_ROLE_EXTERNAL_ID: externalId } = env;
  if (roleArn === undefined) return { kind: 'access key', keys };
  return { kind: 'role', roleArn, externalId, keys, endpoint: env.S3_CREDENTIALS_ENDPOINT };
}

function cognitoSource(identityId: string, env: Variables, complain: Complain): Source | undefined {
  for (const other of ['S3_ACCESS_KEY_ID', 'S3_ROLE_ARN'] as const) {
    if (env[other] !== undefined) {
      complain(`${other} is set beside S3_COGNITO_IDENTITY_ID: leave one of them empty`);
    }
  }
  const { S3_COGNITO_LOGIN_PROVIDER: provider, S3_COGNITO_LOGIN_TOKEN: token } = env;
  if ((provider === undefined) !== (token === undefined)) {
    complain('S3_COGNITO_LOGIN_PROVIDER and S3_COGNITO_LOGIN_TOKEN need each other');
  }
  const login = provider !== undefined && token !== undefined ? { provider, token } : undefined;
  return { kind: 'cognito', identityId, login, endpoint: env.S3_CREDENTIALS_ENDPOINT };
}
