import type { Clock } from '../clock';
import { CLEAN_UP_AGE_MS } from '../limits';
import { isConflict } from '../twilio/errors';
import type { Build, Deployment, FileResource } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { readAssetName } from './asset-path';
import { isYoung } from './build';

export interface CleanUpOptions {
  readonly twilio: Serverless;
  readonly clock: Clock;
  /** Epoch milliseconds after which no further Asset is deleted. */
  readonly deadline: number;
  readonly concurrency: number;
  /** How long a call may play what has been live. */
  readonly retentionSeconds: number;
}

/**
 * Deletes Assets of the sync's that no call can play: older than a day, in no environment's live
 * Build, in none that was live within the retention, and in none that a run has begun. One Service's
 * Assets serve all its environments, so all of them are read first; if one cannot be read, nothing
 * is deleted.
 *
 * @param live a Build that is live: what it holds needs no further look
 * @param assets all Assets of the Service, if they were listed a while ago: none is old since
 * @returns how many were deleted
 * @throws {TwilioApiError} when Twilio refuses, except for an Asset that is in use
 */
export async function cleanUp(
  options: CleanUpOptions,
  live?: Build,
  assets?: readonly FileResource[],
): Promise<number> {
  const { twilio, clock, deadline, concurrency } = options;
  const now = clock.now().getTime();
  const isLive = new Set(live?.assets.map(({ resourceSid }) => resourceSid));
  const old = (assets ?? (await twilio.resources('Assets'))).filter(
    ({ sid, friendlyName, createdAt }) =>
      readAssetName(friendlyName) !== undefined &&
      now - createdAt.getTime() > CLEAN_UP_AGE_MS &&
      !isLive.has(sid),
  );
  if (old.length === 0) return 0;
  const inUse = await assetsInUse(options);
  const unused = old.filter(({ sid }) => !inUse.has(sid));
  let deleted = 0;
  while (unused.length > 0 && clock.now().getTime() < deadline) {
    const batch = unused.splice(0, concurrency).map(({ sid }) => deleteUnlessUsed(twilio, sid));
    deleted += (await Promise.all(batch)).filter(Boolean).length;
  }
  return deleted;
}

/** SIDs of all Assets in any Build that is live, was so within the retention, or is about to be. */
async function assetsInUse({
  twilio,
  clock,
  retentionSeconds,
}: CleanUpOptions): Promise<Set<string>> {
  const now = clock.now();
  const since = now.getTime() - retentionSeconds * 1000;
  const live = new Set<string>();
  const recent = new Set<string>();
  for (const { sid, buildSid } of await twilio.environments()) {
    if (buildSid !== undefined) live.add(buildSid);
    for (const build of liveSince(await twilio.deployments(sid), since)) recent.add(build);
  }
  const builds: (Build | undefined)[] = [];
  for (const sid of live) builds.push(await twilio.build(sid));
  for (const sid of recent) if (!live.has(sid)) builds.push(await twilio.buildIfAny(sid));
  // Another run may be about to deploy it, and needs its Assets.
  for await (const page of twilio.builds()) {
    builds.push(...page.filter((build) => isYoung(build, now)));
  }
  return new Set(builds.flatMap((build) => build?.assets ?? []).map((asset) => asset.resourceSid));
}

/** Builds that were live at some time after `since`: those deployed later, and what they replaced. */
function liveSince(deployments: readonly Deployment[], since: number): string[] {
  const times = deployments.map(({ createdAt }) => createdAt.getTime());
  // Twilio dates to the second: all of that second may have been live.
  const replaced = Math.max(...times.filter((time) => time <= since));
  return deployments
    .filter(({ createdAt }) => createdAt.getTime() >= replaced)
    .flatMap(({ buildSid }) => buildSid ?? []);
}

/** Twilio refuses to delete an Asset that a Build holds. */
async function deleteUnlessUsed(twilio: Serverless, sid: string): Promise<boolean> {
  try {
    await twilio.deleteAsset(sid);
    return true;
  } catch (thrown) {
    if (isConflict(thrown)) return false;
    throw thrown;
  }
}
