import type { Clock } from '../clock';
import { TWILIO_ATTEMPTS } from '../limits';
import { isTransientStatus, type Verdict, withRetry } from '../retry';
import { TwilioApiError } from '../twilio/errors';
import type { Serverless } from '../twilio/serverless';

export interface DeployOptions {
  readonly twilio: Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
}

/**
 * Makes a Build live, unless another than `base` is. Looks before each attempt: a Deployment that is
 * simply sent again when its response was lost would undo what somebody deployed in between, and
 * look like that person's rollback.
 *
 * @param base the Build that was live when the plan was made
 * @throws {TwilioApiError} when Twilio refuses
 */
export function deployUnlessMoved(
  sid: string,
  base: string,
  { twilio, environmentSid, clock, deadline }: DeployOptions,
): Promise<'live' | 'moved'> {
  return withRetry({ clock, deadline, attempts: TWILIO_ATTEMPTS }, judge, async () => {
    const { buildSid } = await twilio.environment(environmentSid);
    if (buildSid === sid) return 'live';
    if (buildSid !== base) return 'moved';
    await twilio.deploy(environmentSid, sid);
    return 'live';
  });
}

/** 409: the Build is live already, because another run has adopted it. */
function judge(thrown: unknown): Verdict {
  if (!(thrown instanceof TwilioApiError)) return { retry: false };
  const { status } = thrown;
  return { retry: status === undefined || status === 409 || isTransientStatus(status) };
}
