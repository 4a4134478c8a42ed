import { afterEach } from '@jest/globals';
import type { S3Server } from '../../../sandbox/s3';
import type { TwilioOptions } from '../../../sandbox/twilio';
import { Serverless } from '../../../src/twilio/serverless';
import { Transport } from '../../../src/twilio/transport';
import type { FakeClock } from '../clock';
import { type Fault, type FaultServer, startFaultServer } from '../fault-server';
import { ACCOUNT_SID, type Api, AUTH_TOKEN, start } from '../sandbox/twilio-harness';

export type { Fault } from '../fault-server';

export interface Account {
  readonly api: Api;
  readonly twilio: Serverless;
  readonly transport: Transport;
  /** Origin of the stand-in, faults included. */
  readonly origin: string;
  /** The stand-in's time, which sleeping moves. */
  readonly clock: FakeClock;
  /** SID of the one Service. */
  readonly service: string;
  /** SID of its environment `dev`. */
  readonly environment: string;
  /** One for each of the next requests. */
  readonly faults: Fault[];
  /** Chooses a fault by the request. */
  refuse: (path: string, method: string) => Fault | undefined;
  /** Methods and paths of the requests so far. */
  readonly requests: string[];
  /** Milliseconds of each sleep. */
  readonly slept: number[];
}

export interface AccountOptions extends Partial<TwilioOptions> {
  /** Milliseconds after the start. */
  readonly deadline?: number;
  readonly authTokenSent?: string;
  readonly timeoutMs?: number;
}

const opened: FaultServer[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

/** A Service with one environment at the stand-in, and the client under test. */
export async function openAccount(options: AccountOptions = {}): Promise<Account> {
  const { deadline = Number.POSITIVE_INFINITY, authTokenSent = AUTH_TOKEN, timeoutMs } = options;
  const api = await start(options);
  const service = await api.service();
  const environment = await api.environment(service);
  const faults: Fault[] = [];
  const requests: string[] = [];
  const server = await startFaultServer(api.url, {
    choose({ method, path }) {
      const [pathname = ''] = path.split('?', 1);
      requests.push(`${method} ${pathname}`);
      return faults.shift() ?? account.refuse(pathname, method);
    },
  });
  opened.push(server);
  const origin = server.endpoint;
  const { clock } = api;
  const transport = new Transport({
    clock,
    deadline: clock.time + deadline,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const twilio = new Serverless(
    {
      credential: { username: ACCOUNT_SID, password: authTokenSent },
      apiOrigin: origin,
      transport,
    },
    service,
  );
  const account: Account = {
    api,
    twilio,
    transport,
    origin,
    clock,
    service,
    environment,
    faults,
    refuse: () => undefined,
    requests,
    slept: clock.slept,
  };
  return account;
}

/** The connection breaks before the request has an effect. */
export const reset: Fault = { kind: 'reset', afterBytes: 0 };

/** The request has its effect, and then the connection breaks. */
export const answerLost: Fault = { kind: 'reset', afterBytes: 1 };

/** No response comes. */
export const silence: Fault = { kind: 'stall', afterBytes: 0 };

export const answering = (
  status: number,
  body: string = JSON.stringify({ code: 20000 + status, message: 'Words of Twilio', status }),
  headers: Readonly<Record<string, string>> = {},
): Fault => ({
  kind: 'reply',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

/** A Service whose code is deployed and whose prompts are not synced yet. */
export async function openDeployedAccount(options: AccountOptions = {}): Promise<Account> {
  const account = await openAccount(options);
  const { api, service, environment, twilio } = account;
  const { version } = await api.function(service, { path: '/voice', visibility: 'protected' });
  const dependencies = [{ name: '@twilio/runtime-handler', version: '2.0.1' }];
  const contents = { assetVersions: [], functionVersions: [version], dependencies };
  const build = await twilio.createBuild({ ...contents, runtime: 'node22' });
  api.clock.time += options.buildMs ?? 0;
  await twilio.deploy(environment, build.sid);
  account.requests.length = 0;
  return account;
}

/** Opens /sync and /status of what `contextOf` describes. */
export const SECRET = 'a secret of more than thirty-two characters';
export const authorized = { authorization: `Bearer ${SECRET}` };

/** What Twilio gives a Function of the account whose prompts lie in the bucket `prompts`. */
export function contextOf(
  { origin, service, environment }: Account,
  { endpoint, region, credentials }: Pick<S3Server, 'endpoint' | 'region' | 'credentials'>,
) {
  return {
    S3_BUCKET: 'prompts',
    S3_REGION: region,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    SYNC_QUIET_SECONDS: '0',
    TWILIO_API_URL: origin,
    ACCOUNT_SID,
    AUTH_TOKEN,
    SERVICE_SID: service,
    ENVIRONMENT_SID: environment,
    DOMAIN_NAME: 'name-1234-dev.twil.io',
    ADMIN_SECRET: SECRET,
  };
}
