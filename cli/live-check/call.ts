import type { Twilio } from 'twilio';
import type { Clock } from '../../src/clock';
import { askTwilio } from '../../src/twilio/errors';
import { type Observation, readObservations } from './observations';
import type { TemporaryService } from './service';
import { PLACE, PLACES, type Place } from './steps';

/** A warning or an error that Twilio noted about the call. */
export interface Alert {
  readonly code: string;
  /** What it is about; undefined when its URL is none of ours. */
  readonly place: Place | undefined;
}

/** All that could be learnt from the test call. */
export interface CallReport {
  /** How the call ended, such as completed or no-answer. */
  readonly status: string;
  readonly observations: readonly Observation[];
  readonly alerts: readonly Alert[];
}

export interface TestCall {
  readonly from: string;
  readonly to: string;
  readonly run: string;
  /** Milliseconds to wait, after the call, for what Twilio writes down about it. */
  readonly patience: number;
}

/** Seconds: it rings for the first and lasts for at most the second. */
const RINGING = 30;
const LONGEST = 120;
/** Milliseconds between two looks. Twilio allows five requests for logs a second. */
const POLL = 2000;
const FINAL = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];

/**
 * Calls once, waits for the end, and collects what was seen.
 *
 * @param signal hangs up when it is aborted
 * @throws {TwilioError} when there is no call
 */
export async function makeTestCall(
  client: Twilio,
  service: TemporaryService,
  test: TestCall,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<CallReport> {
  const startedAt = clock.now();
  const { origin } = service;
  const { from, to } = test;
  const { sid } = await askTwilio(`Calling ${to} from ${from}`, () =>
    client.calls.create({
      from,
      to,
      url: `${origin}/voice?${PLACE}=play`,
      fallbackUrl: `${origin}/fallback`,
      timeout: RINGING,
      timeLimit: LONGEST,
    }),
  );
  const sleep = () => clock.sleep(POLL, signal);
  const status = await waitForEnd(client, sid, sleep);
  if (status !== 'completed') return { status, observations: [], alerts: [] };

  const deadline = clock.now().getTime() + test.patience;
  for (;;) {
    const logs = await readLogs(client, service, startedAt);
    const observations = readObservations(logs, test.run);
    const alerts = await readAlerts(client, sid, startedAt);
    if (isComplete(observations, alerts) || clock.now().getTime() >= deadline) {
      return { status, observations, alerts };
    }
    await sleep();
  }
}

async function waitForEnd(
  client: Twilio,
  sid: string,
  sleep: () => Promise<void>,
): Promise<string> {
  try {
    for (;;) {
      const { status } = await client.calls(sid).fetch();
      if (FINAL.includes(status)) return status;
      await sleep();
    }
  } catch (thrown) {
    await client.calls(sid).update({ status: 'completed' });
    throw thrown;
  }
}

/** The refused medium is the last to leave a trace: where it did, all else has. */
function isComplete(observations: readonly Observation[], alerts: readonly Alert[]): boolean {
  const ended = observations.some(({ kind }) => kind === 'end');
  return ended && alerts.some(({ place }) => place === 'forbidden');
}

async function readLogs(
  client: Twilio,
  { serviceSid, environmentSid }: TemporaryService,
  startDate: Date,
): Promise<string[]> {
  const environment = client.serverless.v1.services(serviceSid).environments(environmentSid);
  const logs = await environment.logs.list({ startDate, pageSize: 1000 });
  return logs.map(({ message }) => message);
}

async function readAlerts(client: Twilio, callSid: string, startDate: Date): Promise<Alert[]> {
  const alerts = await client.monitor.v1.alerts.list({ startDate, pageSize: 1000 });
  return alerts
    .filter(({ resourceSid }) => resourceSid === callSid)
    .map(({ errorCode, requestUrl }) => ({ code: errorCode, place: placeIn(requestUrl) }));
}

function placeIn(requestUrl: string): Place | undefined {
  if (!URL.canParse(requestUrl)) return undefined;
  const named = new URL(requestUrl).searchParams.get(PLACE);
  return PLACES.find((place) => place === named);
}
