import { messageOf } from '../errors';
import type { Refusal } from '../manifest';
import { OutOfTimeError } from '../retry';
import { S3Error } from '../s3/errors';
import { ChangedObjectError } from '../s3/prompts';
import { TwilioError } from '../twilio/errors';
import type { Build, Version } from '../twilio/resources';
import { fingerprint, markOf } from './carry-over';
import { checkReadable } from './check';
import { cleanUp } from './clean-up';
import { apartFrom, quietIn } from './debounce';
import { deployUnlessMoved } from './deploy';
import type { SyncEvent, SyncOutcome, SyncReport } from './events';
import { GuardError } from './guard';
import { type Observation, observe } from './observe';
import { obtainBuild, POLL } from './obtain-build';
import { type Plan, type PlanOptions, plan } from './plan';
import { type Published, type PublishOptions, publish, toEvent } from './upload';

export interface ReconcileOptions extends PublishOptions, Omit<PlanOptions, 'now' | 'force'> {
  /** The two ends once more, for objects in work: these may be finished after the deadline. */
  readonly patient: Pick<PublishOptions, 'bucket' | 'twilio'>;
  /** ZE… */
  readonly environmentSid: string;
  /** Milliseconds for which the bucket must not have changed. */
  readonly quiet: number;
  /** Plan only. */
  readonly dryRun: boolean;
  /** Go on where a guard would stop. */
  readonly force: boolean;
}

/** Milliseconds to wait when Twilio's limit of Builds or requests is reached. */
const LIMIT_WAIT = 60_000;

/** The most by which a wait for quiet is drawn out, in milliseconds. */
const JITTER = 1000;

/** How often to plan again before the run is left to the next one. */
const ROUNDS = 20;

/**
 * Makes the Assets of one environment equal to S3. Desired state is S3's listing, actual state is
 * the live Build; both are read afresh, so that a run that died anywhere is finished by the next,
 * and running twice changes nothing. Uploads and the new Build change nothing that callers hear;
 * the Deployment does, in one step.
 *
 * @throws {GuardError} when the listing looks wrong; nothing was built
 * @throws {PlayError} when S3 or Twilio refuses; callers then hear what they heard before
 */
export async function* reconcile(
  options: ReconcileOptions,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const run = new Run(options);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const outcome = yield* run.round();
      if (outcome) return outcome;
    }
    return run.pending('time', POLL);
  } catch (thrown) {
    if (thrown instanceof OutOfTimeError) return run.pending('time', POLL);
    if (thrown instanceof TwilioError && thrown.status === 429) {
      return run.pending('limit', LIMIT_WAIT);
    }
    throw thrown;
  }
}

type Pending = Extract<SyncOutcome, { readonly status: 'pending' }>;

class Run {
  readonly #options: ReconcileOptions;
  /** Versions that this run uploaded, or found uploaded, and that are in no Build yet. */
  readonly #uploaded: Version[] = [];
  /** Key → what this run found out about its object. */
  readonly #refused = new Map<string, Refusal>();
  /** Keys of objects that are archived, though their storage class does not say so. */
  readonly #archived = new Set<string>();
  /** Key → ETag of an object that S3 listed and did not give. */
  readonly #withheld = new Map<string, string>();
  #report: SyncReport = { prompts: 0, uploaded: 0, remaining: 0, retained: 0, skipped: [] };

  constructor(options: ReconcileOptions) {
    this.#options = options;
  }

  /** Observes, plans and acts once; undefined when it must be done again. */
  async *round(): AsyncGenerator<SyncEvent, SyncOutcome | undefined> {
    const { bucket, twilio, environmentSid, clock, dryRun, deadline } = this.#options;
    const observed = await observe(bucket, twilio, environmentSid);
    const planned = this.#plan(observed);
    yield describe(planned);
    if (planned.guard !== undefined) throw new GuardError(planned.guard);
    if (dryRun) {
      await checkReadable(
        bucket,
        [...planned.upload, ...planned.keep].map(({ object }) => object),
      );
      yield* intentionsOf(planned);
      return this.#done();
    }
    if (!planned.changed) {
      yield* this.#cleanUp();
      return this.#done();
    }
    const calm = this.#calmIn(planned, observed);
    if (calm > 0) {
      // Runs that were woken by one burst would otherwise go on in the same moment.
      const wait = calm + clock.random() * JITTER;
      yield { type: 'waiting', for: 'quiet', milliseconds: wait };
      if (clock.now().getTime() + wait >= deadline) return this.pending('quiet', wait);
      await clock.sleep(wait);
      return undefined;
    }
    const ready = yield* this.#publish(planned, observed);
    if (!ready?.changed) return undefined;
    const build = yield* obtainBuild(ready, observed, this.#options);
    if (build === undefined) return this.pending('build', POLL);
    if (build === 'again') return undefined;
    return yield* this.#activate(build, observed);
  }

  pending(reason: Pending['reason'], retryAfter: number): Pending {
    return { status: 'pending', reason, report: this.#report, retryAfter };
  }

  #done(): SyncOutcome {
    return { status: 'done', report: this.#report };
  }

  #plan({ listing, live, recent }: Observation): Plan {
    const { clock, retention } = this.#options;
    const now = Math.floor(clock.now().getTime() / 1000);
    // Never live, so that no call can hold their URLs.
    const uploaded = { assets: this.#uploaded, liveUntil: 0 };
    // Of what was live before, another environment's clean-up may have deleted the Assets.
    const lately = recent.filter(({ liveUntil }) => now - liveUntil < retention);
    const refused = new Map([...live.manifest.refused, ...this.#refused]);
    const manifest = { ...live.manifest, refused };
    const options = { ...this.#options, now };
    const objects = listing.map((object) =>
      this.#archived.has(object.key) ? { ...object, storageClass: 'GLACIER' } : object,
    );
    const planned = plan(objects, { ...live, manifest }, [...lately, uploaded], options);
    this.#report = {
      ...this.#report,
      prompts: planned.keep.length,
      remaining: planned.upload.length,
      retained: planned.retain.length,
      skipped: planned.skip.map(({ key, reason, unplayable }) => ({ key, reason, unplayable })),
    };
    return planned;
  }

  /** Milliseconds until a burst of changes may be over. */
  #calmIn(planned: Plan, { live, deployments }: Observation): number {
    const { clock, quiet } = this.#options;
    const now = clock.now();
    if (!onlyRemoves(planned, live)) {
      return quietIn(
        planned.upload.map(({ object }) => object),
        quiet,
        now,
      );
    }
    const times = deployments
      .filter(({ buildSid }) => buildSid === live.build.sid)
      .map(({ createdAt }) => createdAt.getTime());
    return apartFrom(new Date(Math.max(0, ...times)), quiet, now);
  }

  /** Uploads what is missing; undefined when an object changed meanwhile. */
  async *#publish(
    planned: Plan,
    observed: Observation,
  ): AsyncGenerator<SyncEvent, Plan | undefined> {
    const steps = publish(planned.upload, { ...this.#options, ...this.#options.patient });
    try {
      for (;;) {
        const step = await steps.next();
        if (step.done) {
          if (!step.value) throw new OutOfTimeError();
          break;
        }
        const published = step.value;
        yield toEvent(published);
        this.#remember(published);
      }
    } catch (thrown) {
      if (!(thrown instanceof ChangedObjectError)) throw thrown;
      this.#lookAgain(thrown);
      return undefined;
    }
    return this.#plan(observed);
  }

  /** @throws {S3Error} when S3 lists an object as before and still does not give it */
  #lookAgain({ message, object: { key, etag } }: ChangedObjectError): void {
    if (this.#withheld.get(key) === etag) {
      throw new S3Error(
        `${message} But S3 still lists it with the ETag ${etag}: upload it again, or delete it.`,
      );
    }
    this.#withheld.set(key, etag);
  }

  #remember(published: Published): void {
    const { uploaded, remaining, prompts } = this.#report;
    if ('refused' in published) {
      const { key, etag } = published.placement.object;
      // An archived object may be restored at any time: only what its bytes told is remembered.
      if (published.refused === 'archived') this.#archived.add(key);
      else this.#refused.set(key, { etag, reason: published.refused, unplayable: true });
      this.#report = { ...this.#report, remaining: remaining - 1 };
      return;
    }
    this.#uploaded.push(published.version);
    this.#report = {
      ...this.#report,
      prompts: prompts + 1,
      uploaded: uploaded + (published.found ? 0 : 1),
      remaining: remaining - 1,
    };
  }

  /** Makes a Build live, unless another one became live since the plan was made. */
  async *#activate({ sid }: Build, { live }: Observation): AsyncGenerator<SyncEvent, undefined> {
    if ((await deployUnlessMoved(sid, live.build.sid, this.#options)) === 'moved') {
      yield { type: 'moved' };
      return;
    }
    this.#report = { ...this.#report, buildSid: sid };
    yield { type: 'activated', buildSid: sid };
  }

  async *#cleanUp(): AsyncGenerator<SyncEvent> {
    // Only a run that changed something looks for what that left over.
    if (this.#report.buildSid === undefined) return;
    try {
      const assets = await cleanUp(this.#options);
      if (assets > 0) yield { type: 'cleaned', assets };
    } catch (thrown) {
      yield { type: 'not cleaned', message: messageOf(thrown) };
    }
  }
}

/** Whether all that a plan changes in a Build of the sync's own is what it leaves out. */
function onlyRemoves(
  { keep, upload, code }: Plan,
  { build, manifest }: Observation['live'],
): boolean {
  if (upload.length > 0 || markOf(build)?.code !== fingerprint(code)) return false;
  const held = new Set(build.assets.map(({ sid }) => sid));
  return keep.every(
    ({ object, path, version }) => held.has(version.sid) && manifest.paths.get(object.key) === path,
  );
}

function* intentionsOf({ upload, retain, retire }: Plan): Generator<SyncEvent> {
  const type = 'intended';
  for (const { object } of upload) yield { type, step: 'upload', what: object.key };
  for (const { version } of retain) yield { type, step: 'retain', what: version.path };
  for (const { path } of retire) yield { type, step: 'retire', what: path };
}

function describe({ keep, upload, retain, retire, skip, changed }: Plan): SyncEvent {
  return {
    type: 'planned',
    keep: keep.length,
    upload: upload.length,
    bytes: upload.reduce((sum, { object }) => sum + object.size, 0),
    retain: retain.length,
    retire: retire.length,
    skip: skip.length,
    build: changed,
  };
}
