import type { Clock } from '../clock';
import { TwilioError } from '../twilio/errors';
import type { Build, Deployment } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { readAssetName } from './asset-name';
import { pendingBuilds } from './build';
import { inParallel } from './parallel';

export interface CleanUpOptions {
  readonly twilio: Serverless;
  readonly clock: Clock;
  /** Epoch milliseconds after which no further Asset is deleted. */
  readonly deadline: number;
  readonly concurrency: number;
  /** Seconds for which a call may play what has been live. */
  readonly retention: number;
}

/** Milliseconds for which an Asset may belong to a run that has not built yet. */
const YOUNG = 24 * 3600 * 1000;

/**
 * Deletes Assets of ours that nobody can hear: older than a day, in no environment's live Build, in
 * none that was live within the retention, and in none that the sync has begun. One Service's Assets
 * serve all its environments, so that all of them are read first; if one cannot be, nothing is
 * deleted.
 *
 * @returns how many were deleted
 */
export async function cleanUp(options: CleanUpOptions): Promise<number> {
  const { twilio, clock, deadline, concurrency } = options;
  const now = clock.now().getTime();
  const old = (await twilio.resources('Assets')).filter(
    ({ friendlyName, createdAt }) =>
      readAssetName(friendlyName) !== undefined && now - createdAt.getTime() > YOUNG,
  );
  if (old.length === 0) return 0;
  const heard = await heardAssets(options);
  const unheard = old.filter(({ sid }) => !heard.has(sid));
  const goOn = () => clock.now().getTime() < deadline;
  const work = ({ sid }: { readonly sid: string }) => deleteUnlessUsed(twilio, sid);
  let deleted = 0;
  const limits = { concurrency, capacity: concurrency, weigh: () => 1, goOn };
  for await (const done of inParallel(unheard, limits, work)) if (done) deleted++;
  return deleted;
}

/** SIDs of all Assets in any Build that is live, was within the retention, or is about to be. */
async function heardAssets({ twilio, clock, retention }: CleanUpOptions): Promise<Set<string>> {
  const now = clock.now();
  const since = now.getTime() - retention * 1000;
  const live = new Set<string>();
  const recent = new Set<string>();
  for (const { sid, buildSid } of await twilio.environments()) {
    if (buildSid !== undefined) live.add(buildSid);
    for (const build of liveSince(await twilio.deployments(sid), since)) recent.add(build);
  }
  const heard = new Set<string>();
  const hear = (build: Build | undefined) => {
    for (const { resourceSid } of build?.assets ?? []) heard.add(resourceSid);
  };
  for (const sid of live) hear(await twilio.build(sid));
  for (const sid of recent) if (!live.has(sid)) hear(await twilio.buildIfAny(sid));
  // Another run may be about to deploy it, and could not carry it over without its Assets.
  for (const build of await pendingBuilds(twilio, [], now)) hear(build);
  return heard;
}

/** Builds that were live at some time after `since`: what came after, and what that replaced. */
function liveSince(deployments: readonly Deployment[], since: number): string[] {
  const times = deployments.map(({ createdAt }) => createdAt.getTime());
  // Of two in one second, nobody knows which was the later: Twilio dates to the second.
  const replaced = Math.max(...times.filter((time) => time <= since));
  return deployments
    .filter(({ createdAt }) => createdAt.getTime() >= replaced)
    .flatMap(({ buildSid }) => buildSid ?? []);
}

/** Twilio refuses what a Build still holds; what is gone already is gone. */
async function deleteUnlessUsed(twilio: Serverless, sid: string): Promise<boolean> {
  try {
    await twilio.deleteAsset(sid);
    return true;
  } catch (thrown) {
    if (thrown instanceof TwilioError && (thrown.status === 409 || thrown.status === 404)) {
      return false;
    }
    throw thrown;
  }
}
