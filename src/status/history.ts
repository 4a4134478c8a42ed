import type { Manifest } from '../manifest';
import { carryOverOf, fingerprint, markerOf } from '../sync/carry-over';
import { newestFirst } from '../sync/deployments';
import type { Build, Deployment } from '../twilio/resources';
import { formatCount } from '../words';
import type { MAKERS } from './response';

/** What was live. */
export interface Past {
  /** All of the environment, from the live one on; the newest first. */
  readonly deployments: readonly Deployment[];
  /** The Builds of the first of these, by SID, as far as Twilio still has them. */
  readonly builds: ReadonlyMap<string, PastBuild>;
}

/** A Build that was live, and what of it is known. */
export interface PastBuild {
  readonly build: Build;
  /** Undefined where it has none, as after a deploy without a sync. */
  readonly manifest: Manifest | undefined;
}

export type Maker = (typeof MAKERS)[number];

/** What made a Build: one of the toolkit holds no prompts. */
export function makerOf(build: Build): Exclude<Maker, 'rollback'> {
  const marker = markerOf(build);
  if (marker === undefined) return 'toolkit';
  return marker.isDeploy ? 'deploy' : 'sync';
}

/**
 * Newest first. Twilio dates to the second: of those in one second, the live one came last. If it was
 * live in that second before, something came in between, as Twilio deploys no Build twice in a row.
 */
export function fromLiveOn(deployments: readonly Deployment[], liveSid: string): Deployment[] {
  const rank = ({ buildSid }: Deployment) => (buildSid === liveSid ? 1 : 0);
  const sorted = newestFirst([...deployments].sort((a, b) => rank(a) - rank(b)));
  const live = sorted.find(({ buildSid }) => buildSid === liveSid);
  return live ? [live, ...sorted.filter((other) => other !== live)] : sorted;
}

/** One Deployment of an environment. */
export interface HistoryEntry {
  readonly at: Date;
  /** ZB…; undefined where it left the environment without a Build. */
  readonly buildSid: string | undefined;
  /** Undefined where the Build is not known any more. */
  readonly by: Maker | undefined;
  /** What is different since the Deployment before it, in words. */
  readonly changes: readonly string[];
}

/**
 * The last Deployments of an environment, newest first.
 *
 * @param count how many are told at most
 */
export function historyOf({ deployments, builds }: Past, count: number): HistoryEntry[] {
  return deployments.slice(0, count).map(({ buildSid, createdAt: at }, index) => {
    const earlier = deployments.slice(index + 1);
    const changes = changesBetween(earlier[0], { buildSid }, builds);
    const isBack =
      buildSid !== undefined && earlier.slice(1).some((other) => other.buildSid === buildSid);
    const past = builds.get(buildSid ?? '');
    const by = isBack ? 'rollback' : past && makerOf(past.build);
    return { at, buildSid, by, changes: isBack ? ['back again', ...changes] : changes };
  });
}

function changesBetween(
  before: Pick<Deployment, 'buildSid'> | undefined,
  after: Pick<Deployment, 'buildSid'>,
  builds: ReadonlyMap<string, PastBuild>,
): string[] {
  if (after.buildSid === undefined) return ['nothing is live'];
  const to = builds.get(after.buildSid);
  if (to === undefined) return ['not known: the Build is deleted'];
  if (before?.buildSid === undefined) return ['the first one'];
  const from = builds.get(before.buildSid);
  if (from === undefined) return ['not known: the Build before is deleted'];
  const changes = [...codeChange(from.build, to.build), ...promptChanges(from, to)];
  return changes.length > 0 ? changes : ['nothing that callers hear'];
}

function codeChange(from: Build, to: Build): string[] {
  return fingerprint(carryOverOf(from)) === fingerprint(carryOverOf(to)) ? [] : ['code'];
}

function promptChanges(from: PastBuild, to: PastBuild): string[] {
  const before = from.manifest?.paths ?? new Map<string, string>();
  const after = to.manifest?.paths ?? new Map<string, string>();
  const added = [...after.keys()].filter((key) => !before.has(key)).length;
  const removed = [...before.keys()].filter((key) => !after.has(key)).length;
  const replaced = [...after].filter(
    ([key, path]) => before.has(key) && before.get(key) !== path,
  ).length;
  return [
    added > 0 && `${formatCount(added, 'prompt')} added`,
    replaced > 0 && `${formatCount(replaced, 'prompt')} replaced`,
    removed > 0 && `${formatCount(removed, 'prompt')} removed`,
  ].filter((change) => change !== false);
}
