import type { Clock } from '../clock';
import { TwilioError } from '../twilio/errors';
import type { Deployment } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { readAssetName } from './asset-name';
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
 * Deletes Assets of ours that nobody can hear: older than a day, in no environment's live Build and
 * in none that was live within the retention. One Service's Assets serve all its environments, so
 * that all of them are read first; if one cannot be, nothing is deleted.
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

/** SIDs of all Assets in any Build that is live, or was within the retention. */
async function heardAssets({ twilio, clock, retention }: CleanUpOptions): Promise<Set<string>> {
  const since = clock.now().getTime() - retention * 1000;
  const builds = new Set<string>();
  for (const { sid, buildSid } of await twilio.environments()) {
    if (buildSid !== undefined) builds.add(buildSid);
    for (const recent of liveSince(await twilio.deployments(sid), since)) builds.add(recent);
  }
  const heard = new Set<string>();
  for (const sid of builds) {
    const build = await twilio.buildIfAny(sid);
    for (const { resourceSid } of build?.assets ?? []) heard.add(resourceSid);
  }
  return heard;
}

/** Builds that were live at some time after `since`: what came after, and what that replaced. */
function liveSince(deployments: readonly Deployment[], since: number): string[] {
  const newest = [...deployments].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const replaced = newest.findIndex(({ createdAt }) => createdAt.getTime() <= since);
  const recent = replaced < 0 ? newest : newest.slice(0, replaced + 1);
  return recent.flatMap(({ buildSid }) => buildSid ?? []);
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
