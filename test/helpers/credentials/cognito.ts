import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';

/**
 * Cognito identity pools as far as GetCredentialsForIdentity goes, from its documentation:
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 */
export interface TestCognito {
  readonly endpoint: string;
  /** Requests that came. */
  asked(): number;
  /** What it answers from now on, or so many times, instead of credentials. */
  fail(fault: Fault | undefined, times?: number): void;
  close(): Promise<void>;
}

/** It says nothing at all; it stops in its answer's body; it sends that byte by byte; it refuses. */
export type Fault =
  | 'silence'
  | 'stall'
  | 'drip'
  | { readonly status: number; readonly name: string };

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

class Refusal extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export async function startCognito(
  identities: ReadonlyMap<string, Identity>,
): Promise<TestCognito> {
  let asked = 0;
  let told: Fault | undefined;
  let times = Number.POSITIVE_INFINITY;
  const server = createServer(async (request, response) => {
    asked += 1;
    const fault = times > 0 ? told : undefined;
    times -= 1;
    if (fault === 'silence') return;
    try {
      if (typeof fault === 'object') {
        throw new Refusal(fault.name, 'It was told to.', fault.status);
      }
      const body = JSON.stringify(await answer(request, identities));
      response.writeHead(200, {
        'content-type': 'application/x-amz-json-1.1',
        'content-length': Buffer.byteLength(body),
      });
      if (fault === 'stall') response.write(body.slice(0, 10));
      else if (fault === 'drip') await drip(response, body);
      else response.end(body);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      const body = JSON.stringify({ __type: thrown.name, message: thrown.message });
      response
        .writeHead(thrown.status, {
          'content-type': 'application/x-amz-json-1.1',
          'x-amzn-errortype': `${thrown.name}:`,
        })
        .end(body);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    asked: () => asked,
    fail(fault, count = Number.POSITIVE_INFINITY) {
      told = fault;
      times = count;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function drip(response: ServerResponse, body: string): Promise<void> {
  for (const letter of body) {
    if (response.destroyed) return;
    response.write(letter);
    await setTimeout(20);
  }
  response.end();
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
    throw new Refusal('UnknownOperationException', `there is no ${target}`);
  }
  const parsed = v.safeParse(Request, await json(request));
  if (!parsed.success) throw new Refusal('InvalidParameterException', v.summarize(parsed.issues));
  const { IdentityId, Logins = {} } = parsed.output;
  const identity = identities.get(IdentityId);
  if (!identity) {
    throw new Refusal('ResourceNotFoundException', `Identity '${IdentityId}' not found.`);
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
    throw new Refusal(
      'NotAuthorizedException',
      "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    );
  }
  if (!given) {
    throw new Refusal('NotAuthorizedException', `Access to Identity '${id}' is forbidden.`);
  }
  const [provider, token] = given;
  if (provider !== login.provider) {
    throw new Refusal(
      'NotAuthorizedException',
      "Invalid login token. Issuer doesn't match providerName",
    );
  }
  if (token !== login.token) {
    throw new Refusal(
      'NotAuthorizedException',
      'Invalid login token. Token expired: 1667365798 >= 1667235770',
    );
  }
}
