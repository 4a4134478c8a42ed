import { fromCognitoIdentity, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { inTime } from './in-time';
import type { AssumedRole, CognitoIdentity, TemporaryCredentials, TemporarySource } from './source';

/** Shows up in CloudTrail beside every request. */
const SESSION_NAME = 'twilio-s3-play';

/** Milliseconds for one try: all of them still leave S3 a part of the proxy's 8 s. */
const PATIENCE = 2500;
const TRIES = 2;

/** What to look at, by the names of STS's and Cognito's errors. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'AccessDenied',
    'The policy of the access key must allow sts:AssumeRole on the role, and the trust policy of the role must allow the key (and S3_ROLE_EXTERNAL_ID).',
  ],
  ['InvalidClientTokenId', 'Check S3_ACCESS_KEY_ID.'],
  ['SignatureDoesNotMatch', 'Check S3_SECRET_ACCESS_KEY.'],
  ['ResourceNotFoundException', 'Check S3_COGNITO_IDENTITY_ID.'],
  [
    'NotAuthorizedException',
    'Check S3_COGNITO_LOGIN_PROVIDER and S3_COGNITO_LOGIN_TOKEN, which may have expired; an identity with logins opens with one only.',
  ],
  ['InvalidIdentityPoolConfigurationException', 'Give the identity pool a role for this identity.'],
]);

/**
 * Asks STS or Cognito, and gives up on an answer that has not come whole after the time of all
 * tries: the client's own limits end at the headers, and at a pause in the body.
 *
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 *
 * @throws {Error} that says which variable or policy to look at
 */
export async function fetchTemporaryCredentials(
  source: TemporarySource,
  { patience = PATIENCE } = {},
): Promise<TemporaryCredentials> {
  const client = clientConfig(source, patience);
  const provide =
    source.kind === 'role' ? assumedRole(source, client) : cognitoIdentity(source, client);
  const asked =
    source.kind === 'role' ? `STS for ${source.roleArn}` : `Cognito for ${source.identityId}`;
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await inTime(
      provide(),
      TRIES * patience,
      () => new Error(`no whole answer had come after ${TRIES * patience} ms`),
    );
    if (sessionToken === undefined || expiration === undefined) {
      throw new Error('the credentials came without session token or expiration');
    }
    return { accessKeyId, secretAccessKey, sessionToken, expiration };
  } catch (thrown) {
    throw new Error(`Asking ${asked}: ${explain(thrown)}`);
  }
}

function clientConfig(source: TemporarySource, patience: number) {
  const region = source.kind === 'role' ? source.region : source.identityId.split(':')[0];
  return {
    region,
    endpoint: source.endpoint,
    maxAttempts: TRIES,
    requestHandler: {
      connectionTimeout: patience,
      requestTimeout: patience,
      socketTimeout: patience,
      throwOnRequestTimeout: true,
    },
  };
}

type ClientConfig = ReturnType<typeof clientConfig>;

function assumedRole({ roleArn, externalId, keys }: AssumedRole, client: ClientConfig) {
  return fromTemporaryCredentials({
    masterCredentials: keys,
    params: { RoleArn: roleArn, RoleSessionName: SESSION_NAME, ExternalId: externalId },
    clientConfig: client,
  });
}

function cognitoIdentity({ identityId, login }: CognitoIdentity, client: ClientConfig) {
  const logins = login && { [login.provider]: login.token };
  return fromCognitoIdentity({ identityId, logins, clientConfig: client });
}

/** The message of a refusal may repeat what was sent, so that only its name is told. */
function explain(thrown: unknown): string {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const refused = thrown instanceof Object && '$fault' in thrown;
  return [`${refused ? name : message}.`, ADVICE.get(name)].filter(Boolean).join(' ');
}
