import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import twilio from 'twilio';
import * as v from 'valibot';
import { systemClock } from '../../src/clock';
import type { Account } from '../../src/config';
import { messageOf } from '../../src/errors';
import { RUNTIME_HANDLER, RUNTIME_HANDLER_PACKAGE } from '../../src/limits';
import { Serverless } from '../../src/twilio/serverless';
import { Transport } from '../../src/twilio/transport';
import { makeTestCall, type TestCall } from './call';
import { callFindings, type Finding, sizeFinding } from './findings';
import { handlerToDeploy, platformFindings, probePlatform } from './platform';
import {
  createService,
  deployService,
  REMOVE_BY_HAND,
  removeService,
  SERVICE_NAME,
} from './service';
import { probeSizes } from './size';

export interface CheckOptions {
  readonly account: Account;
  readonly call: Omit<TestCall, 'run'>;
  /** Told what is being done. */
  readonly tell: (doing: string) => void;
  /** Told that the Service could not be removed. */
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds for all that is asked about handlers and runtimes. */
const PLATFORM_BUDGET = 2 * 60_000;

const packageJson = v.object({ dependencies: v.record(v.string(), v.string()) });

/**
 * Asks a live account everything. However that ends, the Service is removed and the call hung up.
 *
 * @throws {Error} of the Twilio library or its toolkit, and the signal's reason
 */
export async function check(options: CheckOptions): Promise<Finding[]> {
  const { account, signal, warn } = options;
  const client = twilio(account.accountSid, account.authToken, { autoRetry: true });
  const tell = (doing: string) => {
    signal.throwIfAborted();
    options.tell(doing);
  };
  const run = randomBytes(8).toString('hex');
  // What an interrupted run left behind; a wrong token shows here, before anything is made.
  await removeService(client);
  try {
    tell(`Making the Service ${SERVICE_NAME}, and asking which runtimes Twilio takes …`);
    const serviceSid = await createService(client);
    const deadline = systemClock.now().getTime() + PLATFORM_BUDGET;
    const transport = new Transport({ clock: systemClock, deadline });
    const twilioService = new Serverless({ ...account, transport }, serviceSid);
    const platform = await probePlatform(twilioService, RUNTIME_HANDLER, signal);
    const handler = handlerToDeploy(platform, RUNTIME_HANDLER);
    const installed = { ...dependencies(), [RUNTIME_HANDLER_PACKAGE]: handler };
    tell('Deploying Functions that watch the test call …');
    const service = await deployService(account, { serviceSid, run, dependencies: installed });
    tell('Asking a Function for larger and larger answers …');
    const size = sizeFinding(await probeSizes(service.origin, signal));
    tell(`Calling ${options.call.to} …`);
    const call = { ...options.call, run };
    const report = await makeTestCall(client, service, call, { clock: systemClock, signal });
    return [...platformFindings(platform), ...callFindings(report), size];
  } finally {
    await removeService(client).catch((thrown: unknown) =>
      warn(`${messageOf(thrown)} ${REMOVE_BY_HAND}`),
    );
  }
}

/** What Twilio installs with our Functions, it installs with these. */
function dependencies(): Record<string, string> {
  const file = join(__dirname, '..', '..', 'package.json');
  return v.parse(packageJson, JSON.parse(readFileSync(file, 'utf8'))).dependencies;
}
