import { fromCognitoIdentity, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AssumedRole, CognitoIdentity, TemporaryCredentials, TemporarySource } from './source';

/** Shows up in CloudTrail beside every request. */
const SESSION_NAME = 'twilio-s3-play';

/** Two tries of this length still leave S3 a part of the 8 s in which the proxy answers. */
const client = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2500, throwOnRequestTimeout: true },
};

/** What to look at, by the names of STS's and Cognito's errors. */
const ADVICE: Readonly<Record<string, string>> = {
  AccessDenied:
    'The policy of the access key must allow sts:AssumeRole on the role, and the trust policy of the role must allow the key (and S3_ROLE_EXTERNAL_ID).',
  InvalidClientTokenId: 'Check S3_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'Check S3_SECRET_ACCESS_KEY.',
  ResourceNotFoundException: 'Check S3_COGNITO_IDENTITY_ID.',
  NotAuthorizedException:
    'Check S3_COGNITO_LOGIN_PROVIDER and S3_COGNITO_LOGIN_TOKEN, which may have expired; an identity with logins opens with one only.',
  InvalidIdentityPoolConfigurationException: 'Give the identity pool a role for this identity.',
};

/**
 * Asks STS or Cognito once.
 *
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 *
 * @throws {Error} that says which variable or policy to look at
 */
export async function fetchTemporaryCredentials(
  source: TemporarySource,
): Promise<TemporaryCredentials> {
  const provide = source.kind === 'role' ? assumedRole(source) : cognitoIdentity(source);
  const asked =
    source.kind === 'role' ? `STS for ${source.roleArn}` : `Cognito for ${source.identityId}`;
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide();
    if (sessionToken !== undefined && expiration !== undefined) {
      return { accessKeyId, secretAccessKey, sessionToken, expiration };
    }
  } catch (thrown) {
    throw new Error(`Asking ${asked}: ${explain(thrown)}`);
  }
  throw new Error(`Asking ${asked}: the credentials came without session token or expiration.`);
}

function assumedRole({ roleArn, externalId, keys, region, endpoint }: AssumedRole) {
  return fromTemporaryCredentials({
    masterCredentials: keys,
    params: { RoleArn: roleArn, RoleSessionName: SESSION_NAME, ExternalId: externalId },
    clientConfig: { ...client, region, endpoint },
  });
}

function cognitoIdentity({ identityId, login, endpoint }: CognitoIdentity) {
  const [region] = identityId.split(':');
  return fromCognitoIdentity({
    identityId,
    logins: login && { [login.provider]: login.token },
    clientConfig: { ...client, region, endpoint },
  });
}

/** The message of a refusal may repeat what was sent, so that only its name is told. */
function explain(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'it failed.';
  const refused = '$fault' in thrown;
  const advice = ADVICE[thrown.name];
  return `${refused ? thrown.name : thrown.message}.${advice === undefined ? '' : ` ${advice}`}`;
}
