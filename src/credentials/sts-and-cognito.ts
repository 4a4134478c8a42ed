import { fromCognitoIdentity, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { CREDENTIALS_ATTEMPTS, CREDENTIALS_TIMEOUT_MS } from '../limits';
import type {
  AssumedRole,
  CognitoIdentity,
  TemporaryCredentials,
  TemporarySource,
} from './credentials';
import { withTimeout } from './refreshing';

/** CloudTrail shows it beside every request. */
const SESSION_NAME = 'twilio-s3-play';

/** What to check, by the names of STS's and Cognito's errors. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'AccessDenied',
    'The policy of the access key must allow sts:AssumeRole on the role, and the trust policy of the role must allow the key (and S3_ROLE_EXTERNAL_ID).',
  ],
  ['InvalidClientTokenId', 'Check S3_ACCESS_KEY_ID, or the id in S3_ACCESS_KEY.'],
  ['SignatureDoesNotMatch', 'Check S3_SECRET_ACCESS_KEY, or the secret in S3_ACCESS_KEY.'],
  ['ResourceNotFoundException', 'Check S3_COGNITO_IDENTITY_ID.'],
  [
    'NotAuthorizedException',
    'Check S3_COGNITO_LOGIN_PROVIDER and S3_COGNITO_LOGIN_TOKEN, which may have expired; an identity with logins opens with one only.',
  ],
  ['InvalidIdentityPoolConfigurationException', 'Give the identity pool a role for this identity.'],
]);

/**
 * Asks STS or Cognito. Sets a timeout for the whole response: the client's own timeouts cover the
 * headers, and pauses in the body.
 *
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 *
 * @param timeoutMs for one attempt
 * @throws {Error} that says which variable or policy to check
 */
export async function fetchTemporaryCredentials(
  source: TemporarySource,
  { timeoutMs = CREDENTIALS_TIMEOUT_MS } = {},
): Promise<TemporaryCredentials> {
  const client = clientConfig(source, timeoutMs);
  const provide =
    source.kind === 'role' ? assumedRole(source, client) : cognitoIdentity(source, client);
  const asked =
    source.kind === 'role' ? `STS for ${source.roleArn}` : `Cognito for ${source.identityId}`;
  const totalMs = CREDENTIALS_ATTEMPTS * timeoutMs;
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await withTimeout(
      provide(),
      totalMs,
      () => new Error(`no whole answer had come after ${totalMs} ms`),
    );
    if (!sessionToken || expiration === undefined || Number.isNaN(expiration.getTime())) {
      throw new Error('the credentials came without session token or expiration');
    }
    return { accessKeyId, secretAccessKey, sessionToken, expiration };
  } catch (thrown) {
    throw new Error(`Asking ${asked}: ${reasonOf(thrown)}`);
  }
}

function clientConfig(source: TemporarySource, timeoutMs: number) {
  const region = source.kind === 'role' ? source.region : source.identityId.split(':')[0];
  return {
    region,
    endpoint: source.endpoint,
    maxAttempts: CREDENTIALS_ATTEMPTS,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      socketTimeout: timeoutMs,
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

/**
 * Of an error that AWS answered only the name, and nothing of an answer that cannot be read: its text
 * may repeat what was sent.
 */
function reasonOf(thrown: unknown): string {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const status = statusOf(thrown);
  if (status === undefined) return `${message}.`;
  const isAnswered = thrown instanceof Object && '$fault' in thrown && name !== 'Unknown';
  if (isAnswered) return [`${name}.`, ADVICE.get(name)].filter(Boolean).join(' ');
  return `the answer was ${status} in a form that cannot be read. Check S3_CREDENTIALS_ENDPOINT, and what stands between here and AWS (a proxy, a sign-in page).`;
}

/** The status of the answer behind an error of the client; undefined where none came. */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('$metadata' in thrown)) return undefined;
  const { $metadata } = thrown;
  if (!($metadata instanceof Object) || !('httpStatusCode' in $metadata)) return undefined;
  const { httpStatusCode } = $metadata;
  return typeof httpStatusCode === 'number' ? httpStatusCode : undefined;
}
