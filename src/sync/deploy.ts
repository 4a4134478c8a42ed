import type { Clock } from '../clock';
import { isTransientStatus, type Verdict, withRetry } from '../retry';
import { TwilioError } from '../twilio/errors';
import type { Serverless } from '../twilio/serverless';

export interface DeployOptions {
  readonly twilio: Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly clock: Clock;
  /** Epoch milliseconds after which nothing is tried. */
  readonly deadline: number;
}

const ATTEMPTS = 6;

/**
 * Makes a Build live, unless another than `base` is. Looks before each try: a Deployment that is
 * sent again blindly, because its answer was lost, would undo what somebody deployed in between, and
 * look like that person's rollback.
 *
 * @param base the Build that was live when the plan was made
 * @throws {TwilioError} when Twilio refuses
 */
export function deployUnlessMoved(
  sid: string,
  base: string,
  { twilio, environmentSid, clock, deadline }: DeployOptions,
): Promise<'live' | 'moved'> {
  return withRetry({ clock, deadline, attempts: ATTEMPTS }, judge, async () => {
    const { buildSid } = await twilio.environment(environmentSid);
    if (buildSid === sid) return 'live';
    if (buildSid !== base) return 'moved';
    await twilio.deploy(environmentSid, sid);
    return 'live';
  });
}

/** 409 says that the Build is live already: another run may have adopted it. */
function judge(thrown: unknown): Verdict {
  if (!(thrown instanceof TwilioError)) return { retry: false };
  const { status } = thrown;
  return { retry: status === undefined || status === 409 || isTransientStatus(status) };
}
