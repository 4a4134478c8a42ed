import type { Clock } from '../clock';
import type { SyncOutcome, SyncReport, Wait } from './events';
import { type RemoteCall, requestStep } from './remote-step';

/** One answer of a deployment that has more to do. */
export interface RemoteStep {
  readonly type: 'step';
  /** Of all steps until now. */
  readonly report: SyncReport;
  /** Why it was not done. */
  readonly reason: Wait;
  /** Milliseconds. */
  readonly retryAfter: number;
}

export interface RemoteOptions extends RemoteCall {
  readonly clock: Clock;
  /** Milliseconds after which it is not called again. */
  readonly budget: number;
}

/**
 * Has a deployment sync itself: calls its /sync until Assets equal S3, or until time is over.
 *
 * @throws {GuardError} when a guard stopped it there
 * @throws {PlayError} when it refuses, fails or cannot be reached
 */
export async function* syncRemotely(
  options: RemoteOptions,
): AsyncGenerator<RemoteStep, SyncOutcome> {
  const { clock, budget } = options;
  const deadline = clock.now().getTime() + budget;
  let uploaded = 0;
  let buildSid: string | undefined;
  for (;;) {
    const step = await requestStep(options, { clock, deadline });
    // Each step reports its own work only.
    uploaded += step.report.uploaded;
    buildSid = step.report.buildSid ?? buildSid;
    const report = { ...step.report, uploaded, ...(buildSid !== undefined && { buildSid }) };
    if (step.status === 'done') return { ...step, report };
    const { reason, retryAfter } = step;
    if (clock.now().getTime() + retryAfter >= deadline) return { ...step, report };
    yield { type: 'step', report, reason, retryAfter };
    await clock.sleep(retryAfter);
  }
}
