import type { Clock } from '../clock';
import { PlayError } from '../errors';
import type { Build } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { findTwin, pendingBuilds, prepareBuild } from './build';
import type { SyncEvent } from './events';
import type { Observation } from './observe';
import type { Plan } from './plan';

export interface BuildOptions {
  readonly twilio: Serverless;
  readonly clock: Clock;
  /** Epoch milliseconds after which nothing is waited for. */
  readonly deadline: number;
}

/** Milliseconds between two looks at a Build. */
export const POLL = 1000;

/**
 * The plan's Build, completed: one that an earlier run has begun, or a new one. One Build at a time:
 * somebody else's is waited for.
 *
 * @returns `again` when another run was faster; undefined when time is over
 * @throws {PlayError} when the Build failed
 */
export async function* obtainBuild(
  planned: Plan,
  observed: Observation,
  options: BuildOptions,
): AsyncGenerator<SyncEvent, Build | 'again' | undefined> {
  const pending = await pendingOf(observed, options);
  const twin = await findTwin(options.twilio, pending, planned, observed.live);
  const busy = pending.find(({ status }) => status === 'building');
  if (!twin && busy) {
    yield { type: 'waiting', for: 'build', milliseconds: POLL };
    if ((await ended(busy.sid, options)) === undefined) return undefined;
    // Whoever made it learns that as late as one look later, and then deploys it.
    const { clock, deadline } = options;
    if (clock.now().getTime() + 2 * POLL >= deadline) return undefined;
    await clock.sleep(2 * POLL);
    return 'again';
  }
  const build = twin ?? (await start(planned, observed, pending, options));
  if (build === 'again') return build;
  yield { type: 'building', buildSid: build.sid, adopted: twin !== undefined };
  const status = await ended(build.sid, options);
  if (status === 'failed') {
    throw new PlayError(
      `Build ${build.sid} failed at Twilio; callers hear what they heard before. Look at its logs in Twilio's console, then sync again.`,
    );
  }
  return status && build;
}

async function start(
  planned: Plan,
  observed: Observation,
  known: readonly Build[],
  options: BuildOptions,
): Promise<Build | 'again'> {
  const { twilio } = options;
  const contents = await prepareBuild(twilio, planned, observed.live);
  // Another run may have been faster; the next round looks at its Build.
  const pending = await pendingOf(observed, options);
  const rival = pending.some(({ sid }) => !known.some((build) => build.sid === sid));
  return rival ? 'again' : twilio.createBuild(contents);
}

function pendingOf({ deployments }: Observation, { twilio, clock }: BuildOptions) {
  return pendingBuilds(twilio, deployments, clock.now());
}

/** How a Build ended; undefined when time is over before it did. */
async function ended(
  sid: string,
  { twilio, clock, deadline }: BuildOptions,
): Promise<Build['status'] | undefined> {
  for (;;) {
    const status = await twilio.buildStatus(sid);
    if (status !== 'building') return status;
    if (clock.now().getTime() + POLL >= deadline) return undefined;
    await clock.sleep(POLL);
  }
}
