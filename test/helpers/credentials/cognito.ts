import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import { listen } from '../../../sandbox/listen';
import { type FaultServer, type Reply, reply, startFaultServer } from '../fault-server';

/**
 * Cognito identity pools as far as GetCredentialsForIdentity goes, from its documentation:
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 */
export interface TestCognito {
  /** In front of the stand-in: its address, and what goes wrong. */
  readonly faults: FaultServer;
  close(): Promise<void>;
}

export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export interface Identity {
  /** Name of a login provider and the token that it gave; none for a guest. */
  readonly login?: { readonly provider: string; readonly token: string };
  issue(): Promise<IssuedCredentials>;
}

const Request = v.strictObject({
  IdentityId: v.pipe(v.string(), v.maxLength(55), v.regex(/^[\w-]+:[0-9a-f-]+$/)),
  Logins: v.optional(v.record(v.string(), v.string())),
});

/** An error answer of Cognito. */
class CognitoError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const JSON_TYPE = 'application/x-amz-json-1.1';

/** The fault that Cognito answers with an error. */
export const cognitoError = (code: string, status = 400, message = ''): Reply => ({
  kind: 'reply',
  status,
  headers: { 'content-type': JSON_TYPE, 'x-amzn-errortype': `${code}:` },
  body: JSON.stringify({ __type: code, message }),
});

export async function startCognito(
  identities: ReadonlyMap<string, Identity>,
): Promise<TestCognito> {
  const server = await listen(async (request, response) => {
    try {
      const body = JSON.stringify(await answer(request, identities));
      const length = Buffer.byteLength(body);
      response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': length }).end(body);
    } catch (thrown) {
      if (!(thrown instanceof CognitoError)) throw thrown;
      reply(cognitoError(thrown.code, 400, thrown.message), response);
    }
  });
  const faults = await startFaultServer(server.url);
  return {
    faults,
    async close() {
      await faults.close();
      await server.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  identities: ReadonlyMap<string, Identity>,
): Promise<object> {
  const target = request.headers['x-amz-target'];
  if (
    request.method !== 'POST' ||
    target !== 'AWSCognitoIdentityService.GetCredentialsForIdentity'
  ) {
    throw new CognitoError('UnknownOperationException', `there is no ${target}`);
  }
  const parsed = v.safeParse(Request, await json(request));
  if (!parsed.success)
    throw new CognitoError('InvalidParameterException', v.summarize(parsed.issues));
  const { IdentityId, Logins = {} } = parsed.output;
  const identity = identities.get(IdentityId);
  if (!identity) {
    throw new CognitoError('ResourceNotFoundException', `Identity '${IdentityId}' not found.`);
  }
  authenticate(IdentityId, identity, Logins);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await identity.issue();
  return {
    IdentityId,
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration.getTime() / 1000,
    },
  };
}

function authenticate(
  id: string,
  { login }: Identity,
  logins: Readonly<Record<string, string>>,
): void {
  const [given] = Object.entries(logins);
  if (!login) {
    if (!given) return;
    throw new CognitoError(
      'NotAuthorizedException',
      "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    );
  }
  if (!given) {
    throw new CognitoError('NotAuthorizedException', `Access to Identity '${id}' is forbidden.`);
  }
  const [provider, token] = given;
  if (provider !== login.provider) {
    throw new CognitoError(
      'NotAuthorizedException',
      "Invalid login token. Issuer doesn't match providerName",
    );
  }
  if (token !== login.token) {
    throw new CognitoError(
      'NotAuthorizedException',
      'Invalid login token. Token expired: 1667365798 >= 1667235770',
    );
  }
}
