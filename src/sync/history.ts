import type { Build, Deployment } from '../twilio/resources';
import { type Code, codeOf, markOf } from './carry-over';

/** A Build of the near past, or the live one, with what its Deployment tells. */
export interface Deployed {
  readonly build: Build;
  readonly at: Date;
  /** Whether this environment's sync made the Build; one promoted from another environment is a deploy. */
  readonly ours: boolean;
  /** Whether this Deployment was the first of this Build in the environment, or raced with it. */
  readonly first: boolean;
  /** Whether the sync made the Build from the one that it replaced: then nothing was lost. */
  readonly settled: boolean;
}

/**
 * Milliseconds within which a Build's second Deployment is that of a second run: a run deploys at the
 * latest this long after it has looked whether anything moved. Later ones are a person's rollbacks.
 */
const RACE = 30_000;

/** How far back to look; a race of ten runs at once is not to be expected. */
const LONGEST_WALK = 10;

/**
 * The environment's Deployments, newest first and beginning with the live one, as far back as
 * something may have been lost: to the first Build that the sync made from the one that it
 * replaced. Behind a deploy of somebody else's, that is the sync's newest one.
 */
export async function walkBack(
  deployments: readonly Deployment[],
  live: Build,
  fetch: (buildSid: string) => Promise<Build | undefined>,
): Promise<Deployed[]> {
  const ordered = inOrder(deployments, live, await surelyOlder(deployments, live, fetch));
  const everLive = new Set(deployments.map(({ buildSid }) => buildSid));
  const walked: Deployed[] = [];
  for (const [index, { buildSid, createdAt }] of ordered.slice(0, LONGEST_WALK).entries()) {
    const build = index === 0 ? live : buildSid && (await fetch(buildSid));
    if (!build) break;
    const older = ordered.slice(index + 1);
    const first = !older.some(
      (other) =>
        other.buildSid === buildSid && createdAt.getTime() - other.createdAt.getTime() > RACE,
    );
    const base = markOf(build)?.base;
    const ours = base !== undefined && everLive.has(base);
    const settled = first && ours && base === older[0]?.buildSid;
    walked.push({ build, at: createdAt, ours, first, settled });
    if (settled) break;
  }
  return walked;
}

/**
 * What must be live beside the audio. A Build that the sync made from an older one than it replaced
 * undid what lay between: then the code of that counts. Two more rules: a Build that the sync did
 * not make counts as it is, and one that is deployed a second time, but for a race of two runs that
 * adopted it, is a person's rollback, and stands. When in doubt, what is live stands.
 */
export function expectedCode(walked: readonly Deployed[], live: Build): Code {
  const judge = walked.find(({ ours, first, settled }) => settled || !first || !ours);
  return codeOf(judge?.build ?? live);
}

/**
 * Newest first, whatever the list's order. Twilio dates to the second; within one, the live Build
 * came last.
 *
 * @param oldest the Build that came first within its second, if there was one
 */
function inOrder(
  deployments: readonly Deployment[],
  live: Build,
  oldest: string | undefined,
): Deployment[] {
  const base = markOf(live)?.base;
  const rank = ({ buildSid }: Deployment) => {
    if (buildSid === live.sid) return 0;
    if (buildSid === oldest) return 3;
    return buildSid === base ? 1 : 2;
  };
  const newest = [...deployments].sort(
    (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || rank(a) - rank(b),
  );
  const at = newest.findIndex(({ buildSid }) => buildSid === live.sid);
  return at < 0 ? [] : newest.slice(at);
}

/**
 * The Build that the live one was made from, if the sync made it, too, and another was deployed
 * within the same second: that other one may have come after it and been undone, so it is looked at
 * first. Of a Build that somebody else deployed it cannot be told; then what is live stands.
 */
async function surelyOlder(
  deployments: readonly Deployment[],
  live: Build,
  fetch: (buildSid: string) => Promise<Build | undefined>,
): Promise<string | undefined> {
  const base = markOf(live)?.base;
  const times = deployments.flatMap(({ buildSid, createdAt }) =>
    buildSid === base ? [createdAt.getTime()] : [],
  );
  const rival = deployments.some(
    ({ buildSid, createdAt }) =>
      buildSid !== base && buildSid !== live.sid && times.includes(createdAt.getTime()),
  );
  if (base === undefined || !rival) return undefined;
  const build = await fetch(base);
  return build && markOf(build) ? base : undefined;
}
