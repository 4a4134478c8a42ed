import type { Twilio } from 'twilio';
import type { Clock } from '../../src/clock';
import { MAX_PAGE_SIZE } from '../../src/limits';
import { askTwilio } from '../../src/twilio/errors';
import { PARAMETERS, type Place, type ProbeLog, readPlace, readProbeLogs } from './probes';
import type { TemporaryService } from './service';

/** A warning or an error in Twilio's debugger about the call. */
export interface Alert {
  readonly code: string;
  /** The place that its URL names; undefined when the URL is not ours. */
  readonly place: Place | undefined;
}

/** Everything that the test call showed. */
export interface CallReport {
  /** How the call ended, such as completed or no-answer. */
  readonly status: string;
  readonly probeLogs: readonly ProbeLog[];
  readonly alerts: readonly Alert[];
}

export interface TestCall {
  readonly from: string;
  readonly to: string;
  /** Tells the log lines of this run from others. */
  readonly run: string;
  /** How long to wait, after the call, for its logs and alerts. */
  readonly logTimeoutMs: number;
}

const TEST_CALL_RING_SECONDS = 30;
const MAX_CALL_SECONDS = 120;
/** Time between two requests. Twilio allows five requests for logs a second. */
const LOG_POLL_MS = 2000;
const FINAL_STATUSES = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];

/**
 * Calls once, waits for the end, and collects what the Functions logged.
 *
 * @param signal ends the call when it is aborted
 * @throws {TwilioApiError} when there is no call
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
      url: `${origin}/voice?${PARAMETERS.place}=play`,
      fallbackUrl: `${origin}/voice?${PARAMETERS.fallback}=yes`,
      timeout: TEST_CALL_RING_SECONDS,
      timeLimit: MAX_CALL_SECONDS,
    }),
  );
  const sleep = () => clock.sleep(LOG_POLL_MS, signal);
  const status = await waitForEnd(client, sid, sleep);
  if (status !== 'completed') return { status, probeLogs: [], alerts: [] };

  const deadline = clock.now().getTime() + test.logTimeoutMs;
  for (;;) {
    const logs = await readLogs(client, service, startedAt);
    const probeLogs = readProbeLogs(logs, test.run);
    const alerts = await readAlerts(client, sid, startedAt);
    if (isComplete(probeLogs, alerts) || clock.now().getTime() >= deadline) {
      return { status, probeLogs, alerts };
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
      const { status } = await askTwilio(`Fetching the call ${sid}`, () =>
        client.calls(sid).fetch(),
      );
      if (FINAL_STATUSES.includes(status)) return status;
      await sleep();
    }
  } catch (thrown) {
    await client.calls(sid).update({ status: 'completed' });
    throw thrown;
  }
}

/**
 * The alert about the refused medium comes last: after it the report is complete. The slow medium may
 * still be in work, if nobody waits for it: its Function is not removed before it has logged.
 */
function isComplete(probeLogs: readonly ProbeLog[], alerts: readonly Alert[]): boolean {
  const isSlowOver = probeLogs.some((it) => it.kind === 'medium' && it.place === 'slow');
  const ended = probeLogs.some(({ kind }) => kind === 'end');
  return ended && isSlowOver && alerts.some(({ place }) => place === 'forbidden');
}

async function readLogs(
  client: Twilio,
  { serviceSid, environmentSid }: TemporaryService,
  startDate: Date,
): Promise<string[]> {
  const environment = client.serverless.v1.services(serviceSid).environments(environmentSid);
  const logs = await askTwilio('Listing the logs of the Functions', () =>
    environment.logs.list({ startDate, pageSize: MAX_PAGE_SIZE }),
  );
  return logs.map(({ message }) => message);
}

async function readAlerts(client: Twilio, callSid: string, startDate: Date): Promise<Alert[]> {
  const alerts = await askTwilio('Listing the alerts', () =>
    client.monitor.v1.alerts.list({ startDate, pageSize: MAX_PAGE_SIZE }),
  );
  return alerts
    .filter(({ resourceSid }) => resourceSid === callSid)
    .map(({ errorCode, requestUrl }) => ({ code: errorCode, place: readPlace(requestUrl) }));
}
