import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { BUILD_IN_PROGRESS_MS, FIRST_POLL_MS, POLL_MS, TWILIO_ATTEMPTS } from '../limits';
import { encodeManifest, MANIFEST_FUNCTION, type Manifest, manifestPath } from '../manifest';
import { type Verdict, withRetry } from '../retry';
import { isConflict, judgeLost } from '../twilio/errors';
import type { Build, Deployment } from '../twilio/resources';
import type { NewBuild, Serverless } from '../twilio/serverless';
import { fingerprint, manifestVersionOf, markerOf } from './carry-over';
import { isNewest } from './deployments';
import { type Observation, readManifest } from './observe';
import { again, done, type Outcome, pending, type SyncEvent } from './outcome';
import type { LiveBuild, Plan } from './plan';

export interface BuildOptions {
  readonly twilio: Serverless;
  readonly clock: Clock;
  /** Epoch milliseconds after which the run waits for nothing. */
  readonly deadline: number;
  /** Whether this is one of several slices, which may run at once. */
  readonly isSlice: boolean;
}

/**
 * The plan's Build, completed: one that an earlier run has begun, or a new one. One Build at a time:
 * the run waits for a Build that another run has begun.
 *
 * A Build that an earlier run has begun cannot hold what was uploaded since. Only a slice looks for one
 * then: a burst of events starts many, each of which would make a Build of its own. A run of the command
 * line beside another one may cost a Build, and saves a request for up to 20 Builds with all that they
 * hold.
 *
 * @param hasUploaded whether the plan has what was uploaded since `observed`
 * @throws {PlayError} when the Build failed
 */
export async function* obtainBuild(
  plan: Plan,
  observed: Observation,
  hasUploaded: boolean,
  options: BuildOptions,
): AsyncGenerator<SyncEvent, Outcome<Build>> {
  const { twilio, clock, deadline, isSlice } = options;
  const looks = [
    hasUploaded && !isSlice ? [] : buildsInProgress(twilio, observed.deployments, clock.now()),
    manifestFunction(twilio, observed.live),
  ] as const;
  // Wait for both, so that no request is in work after one of them was refused.
  await Promise.allSettled(looks);
  const [begun, functionSid] = await Promise.all(looks);
  const matching = await findMatchingBuild(twilio, begun, plan, observed.live);
  const other = begun.find(({ status }) => status === 'building');
  if (!matching && other) {
    yield { type: 'waiting', for: 'build', milliseconds: POLL_MS };
    const ended = await waitForBuild(other.sid, options);
    if (ended.status !== 'done') return ended;
    // The other run polls once a second: give it two polls to deploy its Build.
    if (clock.now().getTime() + 2 * POLL_MS >= deadline) return pending('build', POLL_MS);
    await clock.sleep(2 * POLL_MS);
    return again();
  }
  const started = matching
    ? done(matching)
    : await startBuild(plan, observed, { begun, functionSid }, options);
  if (started.status !== 'done') return started;
  const build = started.value;
  yield { type: 'building', buildSid: build.sid, adopted: matching !== undefined };
  const ended =
    build.status === 'building' ? await waitForBuild(build.sid, options) : done(build.status);
  if (ended.status !== 'done') return ended;
  if (ended.value === 'failed') {
    throw new PlayError(
      `Build ${build.sid} failed at Twilio; callers hear what they heard before. Look at its logs in Twilio's console, then sync again.`,
    );
  }
  return done(build);
}

/**
 * Builds of the sync's that were begun lately and are deployed nowhere. Reading ends at the first
 * page without a young Build, so that old Builds cost nothing. Should one be missed because Twilio
 * lists in another order, the run makes another Build.
 */
export async function buildsInProgress(
  twilio: Serverless,
  deployments: readonly Deployment[],
  now: Date,
): Promise<Build[]> {
  const deployed = new Set(deployments.map(({ buildSid }) => buildSid));
  const found: Build[] = [];
  for await (const page of twilio.builds()) {
    const young = page.filter((build) => isYoung(build, now));
    if (young.length === 0) break;
    for (const build of young) {
      const open = build.status !== 'failed' && !deployed.has(build.sid);
      if (open && markerOf(build) !== undefined) found.push(build);
    }
  }
  return found;
}

/** Whether a run may still be about to deploy a Build. */
export function isYoung({ createdAt }: Build, now: Date): boolean {
  return now.getTime() - createdAt.getTime() < BUILD_IN_PROGRESS_MS;
}

/** The Build that a plan makes, if an earlier run has begun it. */
export async function findMatchingBuild(
  twilio: Serverless,
  candidates: readonly Build[],
  plan: Plan,
  live: LiveBuild,
): Promise<Build | undefined> {
  const assets = new Set(assetVersions(plan));
  for (const candidate of candidates) {
    const marker = markerOf(candidate);
    const same =
      marker?.base === live.build.sid &&
      marker.fingerprint === fingerprint(plan.carryOver) &&
      candidate.assets.length === assets.size &&
      candidate.assets.every(({ sid }) => assets.has(sid));
    if (!same) continue;
    const manifest = await readManifest(twilio, candidate);
    if (manifest && timelessHash(manifest) === timelessHash(plan.manifest)) return candidate;
  }
  return undefined;
}

/** The times at which paths retired differ from run to run; nothing else may. */
function timelessHash(manifest: Manifest): string {
  const retired = new Map([...manifest.retired.keys()].map((path) => [path, 0]));
  return encodeManifest({ ...manifest, retired }).hash;
}

/** What a look at the Service told. */
interface Look {
  /** Builds in progress. */
  readonly begun: readonly Build[];
  /** The Function that holds the manifests: ZH… */
  readonly functionSid: string;
}

/**
 * Makes the plan's Build. Looks again before each further attempt: a Build whose answer was lost is
 * adopted in the next round, not made again. A slice looks before the first one, too: others that one
 * burst of events started may have begun Builds while the manifest was uploaded.
 */
async function startBuild(
  plan: Plan,
  observed: Observation,
  { begun, functionSid }: Look,
  { twilio, clock, deadline, isSlice }: BuildOptions,
): Promise<Outcome<Build>> {
  const { deployments } = observed;
  const contents = await prepareBuild(twilio, plan, observed, functionSid);
  const known = new Set(begun.map(({ sid }) => sid));
  let attempts = 0;
  return withRetry({ clock, deadline, attempts: TWILIO_ATTEMPTS }, judgeLost, async () => {
    if (attempts++ > 0 || isSlice) {
      const now = await buildsInProgress(twilio, deployments, clock.now());
      if (now.some(({ sid }) => !known.has(sid))) return again();
    }
    return done(await twilio.createBuild(contents));
  });
}

/** Waits until a Build has ended. */
async function waitForBuild(
  sid: string,
  { twilio, clock, deadline }: BuildOptions,
): Promise<Outcome<Build['status']>> {
  for (let waitMs = FIRST_POLL_MS; ; waitMs = POLL_MS) {
    if (clock.now().getTime() + waitMs >= deadline) return pending('build', POLL_MS);
    await clock.sleep(waitMs);
    const status = await twilio.buildStatus(sid);
    if (status !== 'building') return done(status);
  }
}

/**
 * Uploads the plan's manifest; returns all that the plan's Build holds.
 *
 * @param functionSid the Function that holds the manifests
 */
export async function prepareBuild(
  twilio: Serverless,
  plan: Plan,
  observed: Pick<Observation, 'live' | 'isDeploy'>,
  functionSid: string,
): Promise<NewBuild> {
  const { functions, dependencies, runtime } = plan.carryOver;
  const manifest = await uploadManifest(twilio, plan, observed, functionSid);
  return {
    assetVersions: assetVersions(plan),
    functionVersions: [...functions.map(({ sid }) => sid), manifest],
    dependencies,
    runtime,
  };
}

function assetVersions({ carryOver, keep, retain }: Plan): string[] {
  const audio = [...keep, ...retain].map(({ version }) => version.sid);
  return [...carryOver.assets.map(({ sid }) => sid), ...audio];
}

/** The Function that holds the manifests: that of the live Build, another one, or a new one. */
export async function manifestFunction(twilio: Serverless, { build }: LiveBuild): Promise<string> {
  const live = manifestVersionOf(build);
  if (live) return live.resourceSid;
  const functions = await twilio.resources('Functions');
  const found = functions.find(({ friendlyName }) => friendlyName === MANIFEST_FUNCTION);
  return found?.sid ?? twilio.createResource('Functions', MANIFEST_FUNCTION);
}

async function uploadManifest(
  twilio: Serverless,
  plan: Plan,
  { live, isDeploy }: Pick<Observation, 'live' | 'isDeploy'>,
  functionSid: string,
): Promise<string> {
  const { source, hash } = encodeManifest(plan.manifest);
  const base = live.build.sid;
  const path = manifestPath({ hash, fingerprint: fingerprint(plan.carryOver), base, isDeploy });
  return twilio.upload('Functions', functionSid, {
    path,
    visibility: 'private',
    content: Buffer.from(source),
    contentType: 'application/javascript',
  });
}

export interface DeployOptions {
  readonly twilio: Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
  /**
   * Whether the Build counts as moved if it was live before. Base may be live again by a person's
   * rollback of this Build, which another run had adopted and deployed.
   */
  readonly onlyOnce?: boolean;
}

/**
 * Makes a Build live, unless another than `base` is. Looks right before each attempt: a Deployment that is
 * simply sent again when its response was lost would undo what somebody deployed in between, and
 * look like that person's rollback.
 *
 * @param base the Build that was live when the plan was made; undefined where none was
 * @throws {TwilioApiError} when Twilio refuses
 */
export function deployUnlessMoved(
  sid: string,
  base: string | undefined,
  { twilio, environmentSid, clock, deadline, onlyOnce = false }: DeployOptions,
): Promise<'live' | 'moved'> {
  // In a conflict the Build is live already, because another run has adopted it.
  const judge = (thrown: unknown): Verdict =>
    isConflict(thrown) ? { retry: true } : judgeLost(thrown);
  return withRetry({ clock, deadline, attempts: TWILIO_ATTEMPTS }, judge, async () => {
    // The Deployments tell both what is live and what was. Dates of whole seconds may leave that open.
    let past = await twilio.deployments(environmentSid);
    if (base === undefined || !isNewest(base, past)) {
      const { buildSid } = await twilio.environment(environmentSid);
      if (buildSid === sid) return 'live';
      if (buildSid !== base) return 'moved';
      // Last, so that a Build's second Deployment by a run comes within RACE_MS of its first one.
      past = await twilio.deployments(environmentSid);
    }
    if (onlyOnce && past.some(({ buildSid }) => buildSid === sid)) return 'moved';
    await twilio.deploy(environmentSid, sid);
    return 'live';
  });
}
