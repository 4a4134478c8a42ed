import { MAX_DEPLOYMENTS_READ, RACE_MS } from '../limits';
import type { Build, Deployment } from '../twilio/resources';
import { type CarryOver, carryOverOf, markerOf } from './carry-over';

/** A Deployment of the near past, or the live one, and its Build. */
export interface PastDeployment {
  readonly build: Build;
  readonly at: Date;
  /** Whether this environment's sync made the Build; one promoted from another is a deploy. */
  readonly madeBySync: boolean;
  /** Whether it was the first of this Build in the environment, or raced with the first. */
  readonly isFirst: boolean;
  /** Whether the sync made the Build from the one that it replaced: then nothing was lost. */
  readonly replacedItsBase: boolean;
  /** Whether a deploy brought its code, together with the prompts. */
  readonly isDeploy: boolean;
}

/**
 * The environment's Deployments, newest first and beginning with the live one, as far back as
 * something may have been lost: to the first Build that the sync made from the one that it
 * replaced. If somebody else has deployed since, that is the newest Build of the sync.
 *
 * @param fetch reads a Build; undefined when Twilio has deleted it
 */
export async function readDeployments(
  deployments: readonly Deployment[],
  live: Build,
  fetch: (buildSid: string) => Promise<Build | undefined>,
): Promise<PastDeployment[]> {
  const upToLive = upTo(live, deployments);
  const everLive = new Set(deployments.map(({ buildSid }) => buildSid));
  const read: PastDeployment[] = [];
  for (const [index, deployment] of upToLive.slice(0, MAX_DEPLOYMENTS_READ).entries()) {
    const { buildSid, createdAt } = deployment;
    const build = index === 0 ? live : buildSid && (await fetch(buildSid));
    if (!build) break;
    const older = upToLive.slice(index + 1);
    const isFirst = !older.some(
      (other) =>
        other.buildSid === buildSid && createdAt.getTime() - other.createdAt.getTime() > RACE_MS,
    );
    const { base, isDeploy = false } = markerOf(build) ?? {};
    const madeBySync = base !== undefined && everLive.has(base);
    const replacedItsBase = isFirst && madeBySync && replaced(older).has(base);
    read.push({ build, at: createdAt, madeBySync, isFirst, replacedItsBase, isDeploy });
    if (replacedItsBase) break;
  }
  return read;
}

/**
 * What must be live beside the prompts. A run that built from an older base undid the Deployments
 * between: carry over from the newest of those. A Build that the sync did not make counts as it is, and
 * so does one of a deploy. One that is deployed a second time is a person's rollback and stands, unless
 * two runs have adopted it in a race. In doubt, what is live stands.
 */
export function expectedCarryOver(read: readonly PastDeployment[], live: Build): CarryOver {
  const decisive = read.find(
    ({ madeBySync, isFirst, replacedItsBase, isDeploy }) =>
      replacedItsBase || !isFirst || !madeBySync || isDeploy,
  );
  return carryOverOf(decisive?.build ?? live);
}

/**
 * Whether a Build has replaced the one that it was made from, and is live still: nothing was deployed in
 * the moment before it, and nothing since. Not where dates leave that open.
 *
 * @param base undefined where nothing was live before
 * @param deployments all of the environment, in any order
 */
export function isUndisturbed(
  buildSid: string,
  base: string | undefined,
  deployments: readonly Deployment[],
): boolean {
  const [newest, before, ...older] = newestFirst(deployments);
  const isDated = (a?: Deployment, b?: Deployment) =>
    a === undefined || b === undefined || a.createdAt.getTime() > b.createdAt.getTime();
  return (
    newest?.buildSid === buildSid &&
    before?.buildSid === base &&
    isDated(newest, before) &&
    isDated(before, older[0])
  );
}

/**
 * Whether a Build was deployed last. Not where dates leave that open.
 *
 * @param deployments all of the environment, in any order
 */
export function isNewest(buildSid: string, deployments: readonly Deployment[]): boolean {
  const latest = Math.max(...deployments.map(({ createdAt }) => createdAt.getTime()));
  const newest = deployments.filter(({ createdAt }) => createdAt.getTime() === latest);
  return newest.length > 0 && newest.every((deployment) => deployment.buildSid === buildSid);
}

/** When a Build became live the last time; undefined where no Deployment tells it. */
export function liveSince(buildSid: string, deployments: readonly Deployment[]): Date | undefined {
  const times = deployments
    .filter((deployment) => deployment.buildSid === buildSid)
    .map(({ createdAt }) => createdAt.getTime());
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}

/** Deployments of one second stay in the order in which Twilio lists them. */
export function newestFirst(deployments: readonly Deployment[]): Deployment[] {
  return [...deployments].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** The live Deployment and all before it, newest first, whatever the order of the list. */
function upTo(live: Build, deployments: readonly Deployment[]): Deployment[] {
  const sorted = newestFirst(deployments);
  const newest = sorted.find(({ buildSid }) => buildSid === live.sid);
  if (!newest) return [];
  // Twilio dates to the second: of those in one second, the live one came last.
  const before = sorted.filter(
    (other) => other !== newest && other.createdAt.getTime() <= newest.createdAt.getTime(),
  );
  return [newest, ...before];
}

/**
 * The Builds that a Deployment may have replaced: of several in one second, nobody knows which came
 * last.
 *
 * @param older newest first
 */
function replaced(older: readonly Deployment[]): Set<string | undefined> {
  const latest = older[0]?.createdAt.getTime();
  return new Set(
    older.filter(({ createdAt }) => createdAt.getTime() === latest).map(({ buildSid }) => buildSid),
  );
}
