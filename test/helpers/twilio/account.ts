import type { RequestListener } from 'node:http';
import type { TwilioOptions } from '../../../sandbox/twilio';
import { Serverless } from '../../../src/twilio/serverless';
import { Transport } from '../../../src/twilio/transport';
import type { FakeClock } from '../clock';
import { ACCOUNT_SID, type Api, AUTH_TOKEN, serve, start } from '../sandbox/twilio-harness';

/** Answers, or breaks, one request in the stand-in's place; `inner` is the stand-in. */
export type Fault = (inner: RequestListener) => RequestListener;

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
  readonly timeout?: number;
}

/** A Service with one environment at the stand-in, and the client under test. */
export async function openAccount(options: AccountOptions = {}): Promise<Account> {
  const { deadline = Number.POSITIVE_INFINITY, authTokenSent = AUTH_TOKEN, timeout } = options;
  const api = await start(options);
  const service = await api.service();
  const environment = await api.environment(service);
  const faults: Fault[] = [];
  const requests: string[] = [];
  const origin = await serve((request, response) => {
    const { method = '' } = request;
    const path = (request.url ?? '').split('?', 1).join('');
    requests.push(`${method} ${path}`);
    const fault = faults.shift() ?? account.refuse(path, method) ?? ((inner) => inner);
    fault(api.twilio.listener)(request, response);
  });
  const { clock } = api;
  const transport = new Transport({
    clock,
    deadline: clock.time + deadline,
    ...(timeout !== undefined && { timeout }),
  });
  const twilio = new Serverless(
    { accountSid: ACCOUNT_SID, authToken: authTokenSent, apiOrigin: origin, transport },
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

/** The connection breaks before anything has happened. */
export const reset: Fault = () => (request) => request.socket.destroy();

/** It happens, and then the connection breaks. */
export const answerLost: Fault = (inner) => (request, response) => {
  response.end = () => response.destroy();
  inner(request, response);
};

/** Never answers. */
export const silence: Fault = () => () => {};

export function answering(
  status: number,
  body: string = JSON.stringify({ code: 20000 + status, message: 'Words of Twilio', status }),
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return () => (request, response) => {
    request.resume();
    request.on('end', () =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
    );
  };
}
