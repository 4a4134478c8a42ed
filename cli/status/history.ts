import type { Manifest } from '../../src/manifest';
import { newestFirst } from '../../src/sync';
import { carryOverOf, fingerprint, markerOf } from '../../src/sync/carry-over';
import type { Build, Deployment } from '../../src/twilio/resources';
import { formatCount } from '../format';

/** A Build that was live, and what of it is known. */
export interface PastBuild {
  readonly build: Build;
  /** Undefined where it has none, as after a deploy without a sync. */
  readonly manifest: Manifest | undefined;
}

/** What made a Build: one of the toolkit holds no prompts. */
export type Maker = 'a sync' | 'npm run deploy' | "Twilio's toolkit, without a sync";

export function makerOf(build: Build): Maker {
  const marker = markerOf(build);
  if (marker === undefined) return "Twilio's toolkit, without a sync";
  return marker.isDeploy ? 'npm run deploy' : 'a sync';
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
  /** What is different since the Deployment before it, in words. */
  readonly changes: readonly string[];
}

/**
 * The last Deployments of an environment, newest first.
 *
 * @param deployments newest first; one more than is told, so that the oldest can be compared
 * @param builds by SID, those that Twilio still has
 */
export function historyOf(
  deployments: readonly Deployment[],
  builds: ReadonlyMap<string, PastBuild>,
): HistoryEntry[] {
  return deployments.map(({ buildSid, createdAt: at }, index) => {
    const earlier = deployments.slice(index + 1);
    const changes = changesBetween(earlier[0], { buildSid }, builds);
    const isBack = earlier.slice(1).some((other) => other.buildSid === buildSid);
    return { at, buildSid, changes: isBack ? ['back again', ...changes] : changes };
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
