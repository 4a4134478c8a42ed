import { carryOverOf, fingerprint, newestFirst } from '../../src/sync';
import { isAssetPath } from '../../src/sync/asset-path';
import { markerOf } from '../../src/sync/carry-over';
import type { Build, Deployment, Variable, Version } from '../../src/twilio/resources';
import { formatCount, formatMinute, formatTime, oneLine } from '../format';

/** A time at which a Build was live. */
export interface Period {
  readonly since: Date;
  /** Undefined while it is live. */
  readonly until: Date | undefined;
}

/** A Build to go back to. */
export interface Earlier {
  readonly build: Build;
  /** When it was live last; undefined where it never was. */
  readonly period: Period | undefined;
}

/** The newest Build with other code, and what stood in the way of a newer one. */
export interface Search {
  readonly found: Earlier | undefined;
  /** Builds that were live since then, and that Twilio has deleted. */
  readonly deleted: readonly string[];
}

/**
 * Looks for the newest Build of an environment whose code is not that of the live one: syncs in between
 * carried the code over.
 *
 * @param deployments all of the environment, in any order
 * @param fetch reads a Build; undefined when Twilio has deleted it
 */
export async function findEarlier(
  deployments: readonly Deployment[],
  live: Build,
  fetch: (buildSid: string) => Promise<Build | undefined>,
): Promise<Search> {
  const code = fingerprint(carryOverOf(live));
  const buildSids = new Set(newestFirst(deployments).map(({ buildSid }) => buildSid));
  const deleted: string[] = [];
  for (const buildSid of buildSids) {
    if (buildSid === undefined || buildSid === live.sid) continue;
    const build = await fetch(buildSid);
    if (build === undefined) deleted.push(buildSid);
    else if (fingerprint(carryOverOf(build)) !== code) {
      return { found: { build, period: periodOf(buildSid, deployments) }, deleted };
    }
  }
  return { found: undefined, deleted };
}

/**
 * Whether a sync made a Build from one that is not live any more, and never made it live. The next sync
 * would take it for that sync's, come late, and bring back what was deployed meanwhile.
 *
 * @param deployments all of the environment, in any order
 */
export function isLeftBySync(
  build: Build,
  live: Pick<Build, 'sid'>,
  deployments: readonly Deployment[],
): boolean {
  const { base, isDeploy = false } = markerOf(build) ?? {};
  const everLive = new Set(deployments.map(({ buildSid }) => buildSid));
  if (base === undefined || isDeploy || everLive.has(build.sid)) return false;
  return base !== live.sid && everLive.has(base);
}

/** When a Build was live last; undefined where it never was. */
export function periodOf(buildSid: string, deployments: readonly Deployment[]): Period | undefined {
  const sorted = newestFirst(deployments);
  const index = sorted.findIndex((deployment) => deployment.buildSid === buildSid);
  const own = sorted[index];
  return own && { since: own.createdAt, until: sorted[index - 1]?.createdAt };
}

/** A Build in one line. */
export function describeBuild(build: Build, period: Period | undefined): string {
  const { functions, assets } = carryOverOf(build);
  const holds = [
    formatCount(functions.length, 'Function'),
    formatCount(assets.length, 'asset'),
    formatCount(promptPaths(build).size, 'prompt'),
  ].join(', ');
  return `${build.sid}, ${periodWords(period)}: ${holds}`;
}

function periodWords(period: Period | undefined): string {
  if (period === undefined) return 'never live here';
  const { since, until } = period;
  return until === undefined
    ? `live since ${formatTime(since)}`
    : `live from ${formatMinute(since)} to ${formatTime(until)}`;
}

/** What a person sees differ between two Builds: a line for each thing. */
export function differenceLines(from: Build, to: Build): string[] {
  const [before, after] = [carryOverOf(from), carryOverOf(to)];
  const packages = ({ dependencies }: Build) =>
    dependencies.map((it) => `${it.name} ${it.version}`);
  const paths = (versions: readonly Version[]) => versions.map(({ path }) => path);
  const gone = [...promptPaths(from)].filter((path) => !promptPaths(to).has(path)).length;
  return [
    changeLine('Functions', paths(before.functions), paths(after.functions)),
    changeLine('Assets', paths(before.assets), paths(after.assets)),
    changeLine('Packages', packages(from), packages(to)),
    changeLine('Runtime', [from.runtime], [to.runtime]),
    gone > 0 && `Prompts: ${gone} of those that are live are not in it, until the next sync`,
  ].filter((line) => line !== undefined && line !== false);
}

function changeLine(
  what: string,
  from: readonly string[],
  to: readonly string[],
): string | undefined {
  const added = to.filter((name) => !from.includes(name)).map((name) => `+ ${name}`);
  const removed = from.filter((name) => !to.includes(name)).map((name) => `- ${name}`);
  if (added.length + removed.length === 0) return undefined;
  return oneLine(`${what}: ${[...removed, ...added].join(', ')}`);
}

function promptPaths({ assets }: Build): Set<string> {
  return new Set(assets.map(({ path }) => path).filter(isAssetPath));
}

/** A deploy may set new variables so long before its Build is live. */
const BEFORE_MS = 60_000;

/** Names of the variables that were set or changed since a Build was live. */
export function changedSince(
  variables: readonly Pick<Variable, 'key' | 'updatedAt'>[],
  period: Period | undefined,
): string[] {
  const { until } = period ?? {};
  if (until === undefined) return [];
  return variables
    .filter(({ updatedAt }) => updatedAt.getTime() > until.getTime() - BEFORE_MS)
    .map(({ key }) => key);
}
