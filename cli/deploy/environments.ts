import { systemClock } from '../../src/clock';
import { messageOf } from '../../src/errors';
import { TWILIO_ATTEMPTS } from '../../src/limits';
import { withRetry } from '../../src/retry';
import { findEnvironmentIfAny } from '../../src/twilio/environments';
import { isConflict, judgeLost } from '../../src/twilio/errors';
import type { Environment, Serverless } from '../../src/twilio/serverless';

/**
 * The domain suffix of the environment in which the toolkit builds: no number leads there, and it has no
 * variables. It is there only while a deploy is at work.
 */
export const STAGING = 'deploy-staging';

/**
 * The environment with a domain suffix, which is made if there is none, under the name that the toolkit
 * gives it: so a bare deploy finds it later.
 *
 * @param suffix empty for production
 * @throws {TwilioApiError}
 */
export function obtainEnvironment(
  twilio: Serverless,
  suffix: string,
  deadline: number,
): Promise<Environment> {
  const name = suffix === '' ? 'production' : `${suffix}-environment`;
  // Looks before each attempt: the answer to the one before may have been lost.
  return withRetry(
    { clock: systemClock, deadline, attempts: TWILIO_ATTEMPTS },
    (thrown) => (isConflict(thrown) ? { retry: true } : judgeLost(thrown)),
    async () =>
      (await findEnvironmentIfAny(twilio, { environment: suffix })) ??
      twilio.createEnvironment(name, suffix === '' ? undefined : suffix),
  );
}

/**
 * Removes the environment in which the toolkit built. What it built stays: Builds, Functions and Assets
 * are the Service's.
 *
 * @returns a message if it could not be removed
 */
export async function removeStaging(twilio: Serverless): Promise<string | undefined> {
  try {
    const staging = await findEnvironmentIfAny(twilio, { environment: STAGING });
    if (staging !== undefined) await twilio.deleteEnvironment(staging.sid);
    return undefined;
  } catch (thrown) {
    return `${messageOf(thrown)} The environment ${STAGING} is left, without variables; the next deploy removes it.`;
  }
}
