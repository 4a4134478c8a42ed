import { CALL_FLOW_ASSET } from '../call-flow/files';
import type { Clock } from '../clock';
import { messageOf, PlayError } from '../errors';
import { LIMIT_RETRY_MS, MAX_ROUNDS, POLL_MS, SUGGESTIONS } from '../limits';
import type { Manifest } from '../manifest';
import { OutOfTimeError } from '../retry';
import type { S3Error } from '../s3/errors';
import type { PromptBucket, PromptObject } from '../s3/prompts';
import { isLimited } from '../twilio/errors';
import type { Build, Deployment, FileResource, Version } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { deployUnlessMoved, obtainBuild } from './build';
import { type CarryOver, carryOverOf, fingerprint } from './carry-over';
import { type CleanUpOptions, cleanUp } from './clean-up';
import { type DebounceOptions, debounce } from './debounce';
import { isUndisturbed, liveSince } from './deployments';
import { checkReadable, GuardError } from './guard';
import type { NewCode } from './new-code';
import { type Observation, type ObserveOptions, observe } from './observe';
import {
  again,
  done,
  type Lack,
  NOTHING_DONE,
  type Outcome,
  type Pending,
  pending,
  type SkippedPrompt,
  type SyncEvent,
  type SyncOutcome,
  type SyncReport,
} from './outcome';
import { nextPlan, type Plan, type PlanOptions, plan, type ReusableVersions } from './plan';
import {
  isByteReason,
  isNotGiven,
  type Judgement,
  type NotGiven,
  type SkippedKey,
} from './selection';
import { suggestKey } from './suggestion';
import { toEvent, type UploadOptions, type UploadResult, upload } from './upload';

export interface RunOptions
  extends ObserveOptions,
    Omit<PlanOptions, 'nowEpochSeconds' | 'judged' | 'notGiven'>,
    DebounceOptions,
    UploadOptions,
    CleanUpOptions {
  readonly bucket: PromptBucket;
  readonly twilio: Serverless;
  readonly clock: Clock;
  /** Epoch milliseconds after which no further step is begun; bucket and twilio have a little more. */
  readonly deadline: number;
  /** Plan, and say what would be done. */
  readonly dryRun: boolean;
}

/**
 * Makes the Assets of one environment equal to S3. Desired state is S3's listing, actual state is
 * the live Build. Each round reads both afresh, so the next run finishes what a killed one began,
 * and running twice changes nothing. Uploads and the new Build change nothing that callers hear; the
 * Deployment does, in one request. A deploy is a run whose Build takes its code from elsewhere.
 *
 * @throws {SupersededError} when other code became live than a deploy replaces: it stays
 * @throws {GuardError} when the listing looks wrong; nothing was built
 * @throws {PlayError} when S3 or Twilio refuses; callers then hear what they heard before
 */
export async function* run(options: RunOptions): AsyncGenerator<SyncEvent, SyncOutcome> {
  const findings = new Findings(options);
  // Only a run that is called again goes on without them.
  notGiven.clear();
  let outcome: Outcome<void> = again();
  try {
    for (let count = 0; count < MAX_ROUNDS && outcome.status === 'again'; count++) {
      if (options.clock.now().getTime() >= options.deadline) break;
      outcome = yield* round(options, findings);
    }
  } catch (thrown) {
    outcome = pendingAfter(thrown);
  }
  const report = findings.finalReport();
  if (outcome.status === 'done') return { status: 'done', report };
  findings.rememberNotGiven();
  return { ...(outcome.status === 'again' ? pending('time', POLL_MS) : outcome), report };
}

/**
 * A run that is out of time, or at a limit of Twilio's, has not failed: it is called again.
 *
 * @throws what was thrown, if it is anything else
 */
export function pendingAfter(thrown: unknown): Pending {
  if (thrown instanceof OutOfTimeError) return pending('time', POLL_MS);
  if (isLimited(thrown)) return pending('limit', LIMIT_RETRY_MS);
  throw thrown;
}

/** A run from top to bottom. Where something has changed in between, the next round begins again. */
async function* round(
  options: RunOptions,
  findings: Findings,
): AsyncGenerator<SyncEvent, Outcome<void>> {
  // 1. Observe: S3's listing, the live Build, and what was live before it.
  const { sid } = options.environment;
  const code = findings.report.buildSid === undefined ? options.code : undefined;
  const observed = await observe({
    ...options,
    code,
    ...(findings.round > 0 && { environment: { sid } }),
  });

  // 2. Plan: what to keep, upload, retain, drop and skip.
  const planned = findings.plan(observed);
  yield toPlanned(planned);
  if (code) refuseSilence(planned.carryOver);
  const left = findings.round++ === 0 ? leftByDeploy(planned.keep, observed) : undefined;
  if (left) yield left;

  // 3. Guard: a listing that looks wrong must not silence the phones.
  if (planned.guard !== undefined) throw new GuardError(planned.guard.sentence);
  findings.throwIfNothingIsGiven(planned);
  if (options.dryRun) return yield* reportDryRun(planned, options);
  if (!planned.changed) return yield* finish(findings, observed.live.build, options);

  // 4. Wait until a burst of uploads is over.
  const toUpload = planned.upload.map(({ object }) => object);
  const waited = yield* debounce(toUpload, options);
  if (waited.status !== 'done') return waited;

  // 5. Upload what is missing. No caller hears it yet.
  const uploadedBefore = findings.report.uploaded;
  const uploaded = yield* uploadMissing(planned, observed, findings, options);
  if (uploaded.status !== 'done') return uploaded;

  // 6. Build: the uploads, and all that is not the sync's. No caller hears it yet. Planned again,
  // because the uploads have versions now; an object that was refused may have made room for another.
  const replanned = findings.plan(observed);
  findings.throwIfNothingIsGiven(replanned);
  if (!replanned.changed || replanned.upload.length > 0) return again();
  const hasUploaded = findings.report.uploaded > uploadedBefore;
  const built = yield* obtainBuild(replanned, observed, hasUploaded, options);
  if (built.status !== 'done') return built;

  // 7. Deploy: from now on callers hear it.
  const { sid: buildSid } = built.value;
  const { base } = observed;
  const target = { ...options, environmentSid: sid, onlyOnce: true };
  yield { type: 'activating', buildSid };
  if ((await deployUnlessMoved(buildSid, base, target)) === 'moved') {
    yield { type: 'moved' };
    return again();
  }
  findings.report = { ...findings.report, buildSid };
  yield { type: 'activated', buildSid };

  // 8. Clean up, if nothing is left to do.
  if (options.clock.now().getTime() >= options.deadline) return again();
  const settled = yield* settle(built.value, observed, replanned.manifest, findings, options);
  if (settled === undefined) return again();
  yield toPlanned(settled);
  return yield* finish(findings, built.value, options);
}

/**
 * Looks whether a run is through after its Deployment: S3 is listed again; of Twilio, all that the run
 * has made is known, but for what somebody may have deployed in the moment before it or since.
 *
 * @returns the plan, in which there is nothing to do; undefined where a further round must look at all
 * of it
 */
async function* settle(
  build: Build,
  before: Observation,
  manifest: Manifest,
  findings: Findings,
  { bucket, twilio, environment, code }: RunOptions,
): AsyncGenerator<SyncEvent, Plan | undefined> {
  const both = [bucket.list(), twilio.deployments(environment.sid)] as const;
  await Promise.allSettled(both);
  const [listing, deployments] = await Promise.all(both);
  if (!isUndisturbed(build.sid, before.base, deployments)) {
    if (code && before.isDeploy) yield* contenders(build, before, deployments, code, twilio);
    return undefined;
  }
  const live = { build, manifest, carryOver: carryOverOf(build) };
  const planned = findings.plan({ listing, live, recent: [] });
  return planned.changed ? undefined : planned;
}

/** Other code that somebody made live in the same moment as a deploy: one has replaced the other. */
async function* contenders(
  { sid }: Build,
  { base, deployments: known }: Observation,
  deployments: readonly Deployment[],
  { replaces }: NewCode,
  twilio: Serverless,
): AsyncGenerator<SyncEvent> {
  const knownSids = new Set(known.map((deployment) => deployment.sid));
  const added = deployments.filter((deployment) => !knownSids.has(deployment.sid));
  const buildSids = new Set(added.map(({ buildSid }) => buildSid));
  for (const buildSid of buildSids) {
    if (buildSid === undefined || buildSid === sid || buildSid === base) continue;
    const build = await twilio.buildIfAny(buildSid);
    if (build === undefined || fingerprint(carryOverOf(build)) === replaces) continue;
    yield { type: 'contended', buildSid };
  }
}

/** A deploy of a folder that was not built would take every Function out of what is live. */
function refuseSilence(code: CarryOver): void {
  const lacks = lackOf(code);
  if (lacks === undefined) return;
  const what = lacks === 'Functions' ? 'no Functions' : 'a call flow and no /voice';
  throw new PlayError(
    `The new code has ${what}: no call would be answered. Run npm run build, and deploy again.`,
  );
}

/** The event that tells a plan. */
export function toPlanned({
  keep,
  upload,
  retain,
  drop,
  skip,
  changed,
}: Plan): Extract<SyncEvent, { type: 'planned' }> {
  return {
    type: 'planned',
    keep: keep.length,
    upload: upload.length,
    bytes: upload.reduce((sum, { object }) => sum + object.size, 0),
    retain: retain.length,
    retire: drop.length,
    skip: skip.filter(({ reason }) => reason !== 'vanished').length,
    build: changed,
  };
}

/** Those whose Assets are still there: clean-up may have deleted those of Builds that were live earlier. */
export function staysForCalls(
  recent: readonly ReusableVersions[],
  now: Date,
  { retentionSeconds }: Pick<PlanOptions, 'retentionSeconds'>,
): ReusableVersions[] {
  const nowEpochSeconds = Math.floor(now.getTime() / 1000);
  return recent.filter(({ liveUntil }) => nowEpochSeconds - liveUntil < retentionSeconds);
}

/** Says where prompts that are uploaded are not live. */
export function leftByDeploy(
  keep: Plan['keep'],
  { live: { build }, deployments }: Observation,
): Extract<SyncEvent, { type: 'not live' }> | undefined {
  const assets = new Set(build.assets.map(({ sid }) => sid));
  const live = keep.filter(({ version }) => assets.has(version.sid)).length;
  if (live === keep.length) return undefined;
  const since = liveSince(build.sid, deployments);
  const prompts = keep.length;
  return { type: 'not live', live, prompts, buildSid: build.sid, ...(since && { since }) };
}

/** What no call can do without; undefined where the Build has it. */
export function lackOf({ functions, assets }: CarryOver): Lack | undefined {
  if (functions.length === 0) return 'Functions';
  const has = (files: readonly { readonly path: string }[], wanted: string) =>
    files.some(({ path }) => path.replace(/^\/?/, '/') === wanted);
  // Other Functions may run without a call flow.
  return has(assets, CALL_FLOW_ASSET) && !has(functions, '/voice') ? '/voice' : undefined;
}

/** Ends a run that finds nothing left to do. Only one that deployed something cleans up. */
async function* finish(
  { report, assets: listed }: Findings,
  live: Build,
  options: RunOptions,
): AsyncGenerator<SyncEvent, Outcome<void>> {
  if (report.buildSid === undefined) return done(undefined);
  try {
    const assets = await cleanUp(options, live, listed);
    if (assets > 0) yield { type: 'cleaned', assets };
  } catch (thrown) {
    yield { type: 'not cleaned', message: messageOf(thrown) };
  }
  return done(undefined);
}

async function* reportDryRun(
  { upload, keep, retain, drop }: Plan,
  { bucket }: RunOptions,
): AsyncGenerator<SyncEvent, Outcome<void>> {
  await checkReadable(
    bucket,
    [...upload, ...keep].map(({ object }) => object),
  );
  const type = 'intended';
  for (const { object } of upload) yield { type, step: 'upload', what: object.key };
  for (const { version } of retain) yield { type, step: 'retain', what: version.path };
  for (const { path } of drop) yield { type, step: 'retire', what: path };
  return done(undefined);
}

async function* uploadMissing(
  planned: Plan,
  { recent }: Observation,
  findings: Findings,
  options: RunOptions,
): AsyncGenerator<SyncEvent, Outcome<unknown>> {
  const { changedSinceListed } = findings;
  const kept = planned.keep.map(({ object }) => object);
  const built = recent.flatMap(({ assets }) => assets);
  const results = upload(planned.upload, { kept, built, changedSinceListed }, options);
  for (;;) {
    const next = await results.next();
    if (next.done) {
      if (next.value.status === 'done') findings.assets = next.value.value;
      return next.value;
    }
    yield toEvent(next.value);
    findings.add(next.value);
  }
}

/**
 * Key → what this process has found in its object's bytes, of objects that make no Asset. A slice of
 * a warm Function so gets past objects that earlier slices have refused, before a manifest remembers
 * them.
 */
const judged = new Map<string, Judgement>();

/**
 * Each object that S3 did not give, by key. A slice of a warm Function so gets past objects that
 * earlier slices have tried. Each sync tries them again: only a run that is pending remembers them.
 */
const notGiven = new Map<string, MissedObject>();

interface MissedObject extends NotGiven {
  readonly detail: string;
  readonly error: S3Error;
}

/** What a run has found out and done, over all its rounds. */
class Findings {
  /** Versions that this run uploaded, or found uploaded, and that are in no Build yet. */
  readonly #uploaded: Version[] = [];
  /** Keys of objects that are archived, although their storage class does not say so. */
  readonly #archived = new Set<string>();
  /** Keys that were live when the run began, and that S3 has no more. */
  readonly #vanished = new Map<string, SkippedKey>();
  readonly #notGiven = new Map(notGiven);
  /** Key → ETag of each object that S3 listed but did not return. */
  readonly changedSinceListed = new Map<string, string>();
  #listedKeys: readonly string[] = [];
  /** All Assets of the Service, as they were before the last uploads; undefined if none was needed. */
  assets: readonly FileResource[] | undefined;
  /** Rounds that have begun. */
  round = 0;
  report = NOTHING_DONE;

  constructor(private readonly options: RunOptions) {}

  /** Plans from an observation and from what this run knows beyond it. */
  plan({ listing, live, recent }: Pick<Observation, 'listing' | 'live' | 'recent'>): Plan {
    const now = this.options.clock.now();
    // Never live, so that no call can have their URLs.
    const uploaded = { assets: this.#uploaded, liveUntil: 0 };
    const planned = (this.options.dryRun ? plan : nextPlan)(
      listing.map((object) => this.#withArchivedClass(object)),
      live,
      [...staysForCalls(recent, now, this.options), uploaded],
      {
        ...this.options,
        judged,
        notGiven: this.#notGiven,
        nowEpochSeconds: Math.floor(now.getTime() / 1000),
      },
    );
    this.report = {
      ...this.report,
      prompts: planned.keep.length,
      remaining: planned.upload.length,
      retained: planned.retain.length,
      skipped: this.#toReport(planned.skip, listing),
    };
    const lacks = lackOf(planned.carryOver);
    if (lacks !== undefined) this.report = { ...this.report, lacks };
    return planned;
  }

  #toReport(skip: Plan['skip'], listing: readonly PromptObject[]): SkippedPrompt[] {
    this.#listedKeys = listing.map(({ key }) => key);
    for (const skipped of skip) {
      if (skipped.reason === 'vanished') this.#vanished.set(skipped.key, skipped);
    }
    // The Build that this run made without them knows nothing of them any more.
    const listed = new Set(this.#vanished.size === 0 ? [] : this.#listedKeys);
    const vanished = [...this.#vanished.values()].filter(({ key }) => !listed.has(key));
    return [...skip.filter(({ reason }) => reason !== 'vanished'), ...vanished].map(
      ({ key, reason, unplayable }) => {
        const detail = isNotGiven(reason) ? this.#notGiven.get(key)?.detail : undefined;
        return { key, reason, unplayable, ...(detail !== undefined && { detail }) };
      },
    );
  }

  /**
   * A bucket that gives first bytes and no whole object would leave a Build without prompts.
   *
   * @throws {S3Error} the first refusal, when S3 has given no object at all
   */
  throwIfNothingIsGiven({ keep, upload, skip }: Plan): void {
    if (keep.length > 0 || upload.length > 0) return;
    if (skip.some(({ reason }) => isByteReason(reason))) return;
    const refused = skip.find(({ reason }) => isNotGiven(reason));
    const error = refused && this.#notGiven.get(refused.key)?.error;
    if (error) throw error;
  }

  /** For the slice that goes on. */
  rememberNotGiven(): void {
    for (const [key, object] of this.#notGiven) notGiven.set(key, object);
  }

  /** The report, with what was most likely meant where the call flow names a key that S3 lacks. */
  finalReport(): SyncReport {
    let left = SUGGESTIONS;
    const skipped = this.report.skipped.map((prompt) => {
      if (prompt.reason !== 'missing' || left-- <= 0) return prompt;
      const suggestion = suggestKey(prompt.key, this.#listedKeys, this.options.prefix);
      return suggestion === undefined ? prompt : { ...prompt, suggestion };
    });
    return { ...this.report, skipped };
  }

  #withArchivedClass(object: PromptObject): PromptObject {
    return this.#archived.has(object.key) ? { ...object, storageClass: 'GLACIER' } : object;
  }

  add(result: UploadResult): void {
    const { uploaded, remaining, prompts } = this.report;
    this.report = { ...this.report, remaining: remaining - 1 };
    if (result.status === 'refused') {
      const { key, etag } = result.placement.object;
      // An archived object may be restored at any time: it is not remembered.
      if (result.reason === 'archived') this.#archived.add(key);
      else if ('detail' in result) {
        const { reason, detail, error } = result;
        this.#notGiven.set(key, { etag, reason, detail, error });
      } else judged.set(key, { etag, reason: result.reason });
      return;
    }
    this.#uploaded.push(result.version);
    this.report = {
      ...this.report,
      prompts: prompts + 1,
      uploaded: uploaded + (result.status === 'uploaded' ? 1 : 0),
    };
  }
}
