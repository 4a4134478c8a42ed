import type { Clock } from '../clock';
import { POLL_MS, UPLOAD_TRUSTED_MS } from '../limits';
import { S3Error } from '../s3/errors';
import {
  ArchivedObjectError,
  ChangedObjectError,
  type PromptBucket,
  type PromptObject,
  UnreadableObjectError,
} from '../s3/prompts';
import type { FileResource, Version, Visibility } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { assetName, readAssetName } from './asset-path';
import { audioTypeOf } from './audio-type';
import { readAny } from './guard';
import { again, done, type Outcome, pending, type SyncEvent } from './outcome';
import type { Placement } from './plan';
import type { ByteReason, NotGivenReason } from './selection';

export interface UploadOptions {
  readonly bucket: PromptBucket;
  readonly twilio: Serverless;
  readonly clock: Clock;
  /** Epoch milliseconds after which no further object is begun. */
  readonly deadline: number;
  readonly visibility: Exclude<Visibility, 'private'>;
  /** How many objects at once. */
  readonly concurrency: number;
  /** The most bytes in work at once. */
  readonly bytesInFlight: number;
  /**
   * Whether this is one of several slices, each of which goes on where the one before ended: the name of
   * an Asset then tells its version as soon as it is uploaded, by one request more. Without it, what a
   * killed run uploaded is found by one request for each Asset.
   */
  readonly isSlice: boolean;
}

/** What a run knows of a bucket when it uploads. */
export interface KnownObjects {
  /** Objects that it does not upload now, because they are. */
  readonly kept: readonly PromptObject[];
  /** Asset versions of Builds that were live earlier; clean-up may have deleted their Assets. */
  readonly built: readonly Version[];
  /** Key → ETag of each object that S3 listed but did not return. */
  readonly changedSinceListed: Map<string, string>;
}

/** What became of one object. */
export type UploadResult =
  | {
      readonly status: 'uploaded' | 'found';
      readonly placement: Placement;
      readonly version: Version;
    }
  | {
      readonly status: 'refused';
      readonly placement: Placement;
      readonly reason: ByteReason | 'archived';
    }
  | {
      readonly status: 'refused';
      readonly placement: Placement;
      readonly reason: NotGivenReason;
      /** What S3 answered instead of the object. */
      readonly detail: string;
      readonly error: S3Error;
    };

/** The object is not what S3 listed any more. */
interface ChangedObject {
  readonly status: 'changed';
}

/**
 * Uploads objects as Asset versions. No caller hears them before they are in a Build. What an
 * earlier run has uploaded is found and not uploaded again. An object that S3 does not give keeps no
 * other one from being uploaded; but where S3 gives none at all, something is wrong with the bucket
 * or the permission.
 *
 * @returns all Assets that the Service had before; undefined where nothing was to be uploaded
 * @throws {PlayError} when S3 or Twilio refuses, or no object can be read
 */
export async function* upload(
  placements: readonly Placement[],
  { kept, built, changedSinceListed }: KnownObjects,
  options: UploadOptions,
): AsyncGenerator<UploadResult, Outcome<readonly FileResource[] | undefined>> {
  if (placements.length === 0) return done(undefined);
  const { clock, deadline, concurrency, bytesInFlight } = options;
  const assets = await options.twilio.resources('Assets');
  const uploader = new Uploader(options, byPath(assets), versionsByPath(built));
  const all = [...kept, ...placements.map(({ object }) => object)];
  let canRead: Promise<boolean> | undefined;
  const refuse = async (
    placement: Placement,
    reason: NotGivenReason,
    thrown: S3Error,
    detail: string,
  ): Promise<UploadResult> => {
    const others = all.filter(({ key }) => key !== placement.object.key);
    canRead ??= readAny(options.bucket, others).then(({ read }) => read);
    if (!(await canRead)) throw thrown;
    return { status: 'refused', placement, reason, detail, error: thrown };
  };
  const hasTime = () => clock.now().getTime() < deadline;
  let changed = false;
  const limits = {
    concurrency,
    capacity: bytesInFlight,
    weigh: ({ object }: Placement) => object.size,
    goOn: () => !changed && hasTime(),
  };
  const results = inParallel(placements, limits, (placement) =>
    uploader.upload(placement).catch(async (thrown): Promise<UploadResult | ChangedObject> => {
      const { key, etag } = placement.object;
      if (thrown instanceof UnreadableObjectError) {
        return refuse(placement, 'unreadable', thrown, detailOf(thrown, key));
      }
      if (!(thrown instanceof ChangedObjectError)) throw thrown;
      if (changedSinceListed.get(key) === etag) {
        const detail = `S3 still lists it with the ETag ${etag}: upload it again, or delete it`;
        const reason = thrown.kind === 'not found' ? 'unreadable' : 'listed otherwise';
        const error = new S3Error(`${thrown.message} But ${detail}.`);
        return refuse(placement, reason, error, detail);
      }
      changedSinceListed.set(key, etag);
      return { status: 'changed' };
    }),
  );
  for (;;) {
    const next = await results.next();
    if (next.done) {
      if (changed) return again();
      return next.value === 'all' && hasTime() ? done(assets) : pending('time', POLL_MS);
    }
    if (next.value.status === 'changed') changed = true;
    else yield next.value;
  }
}

/** Brings single objects from S3 to Twilio. */
class Uploader {
  /**
   * @param assets path → Assets of it that are in the Service
   * @param built path → versions of it that earlier Builds held
   */
  constructor(
    private readonly options: UploadOptions,
    private readonly assets: ReadonlyMap<string, readonly FileResource[]>,
    private readonly built: ReadonlyMap<string, readonly Version[]>,
  ) {}

  async upload(placement: Placement): Promise<UploadResult> {
    const { object, path } = placement;
    const { twilio, visibility, isSlice } = this.options;
    const assets = this.assets.get(path) ?? [];
    const existing = await this.#findVersion(path, assets);
    if (existing) return { status: 'found', placement, version: existing };

    const content = await this.#read(object);
    if (content === undefined) return { status: 'refused', placement, reason: 'archived' };
    const contentType = await audioTypeOf(content);
    if (contentType === 'not audio' || contentType === 'not recognised') {
      return { status: 'refused', placement, reason: contentType };
    }

    const resourceSid = assets[0]?.sid ?? (await twilio.createResource('Assets', assetName(path)));
    const file = { path, visibility, content, contentType };
    const sid = await twilio.upload('Assets', resourceSid, file);
    const version = { sid, resourceSid, path, visibility };
    if (isSlice) await twilio.renameAsset(resourceSid, assetName(path, version));
    return { status: 'uploaded', placement, version };
  }

  /** Undefined when it is archived: the archive tiers of INTELLIGENT_TIERING show in no listing. */
  async #read(object: PromptObject): Promise<Buffer | undefined> {
    try {
      return await this.options.bucket.fetch(object);
    } catch (thrown) {
      if (thrown instanceof ArchivedObjectError) return undefined;
      throw thrown;
    }
  }

  /** A version of this path and visibility that is uploaded already. */
  async #findVersion(path: string, assets: readonly FileResource[]): Promise<Version | undefined> {
    const { twilio, clock, visibility, isSlice } = this.options;
    // A Build keeps its versions, for as long as their Assets are there.
    const built = this.built
      .get(path)
      ?.find((version) => version.visibility === visibility && isAmong(assets, version));
    if (built) return built;
    for (const { sid: resourceSid, friendlyName, updatedAt } of assets) {
      const uploaded = readAssetName(friendlyName)?.uploaded;
      const trusted = clock.now().getTime() - updatedAt.getTime() < UPLOAD_TRUSTED_MS;
      if (trusted && uploaded?.visibility === visibility) {
        return { sid: uploaded.versionSid, resourceSid, path, visibility };
      }
      const versions = await twilio.assetVersions(resourceSid);
      const found = versions.find(
        (version) => version.path === path && version.visibility === visibility,
      );
      if (!found) continue;
      if (isSlice) await twilio.renameAsset(resourceSid, assetName(path, found));
      return found;
    }
    return undefined;
  }
}

function isAmong(assets: readonly FileResource[], { resourceSid }: Version): boolean {
  return assets.some(({ sid }) => sid === resourceSid);
}

function versionsByPath(versions: readonly Version[]): Map<string, Version[]> {
  const found = new Map<string, Version[]>();
  for (const version of versions) {
    found.set(version.path, [...(found.get(version.path) ?? []), version]);
  }
  return found;
}

function byPath(assets: readonly FileResource[]): Map<string, FileResource[]> {
  const found = new Map<string, FileResource[]>();
  for (const asset of assets) {
    const path = readAssetName(asset.friendlyName)?.path;
    if (path === undefined) continue;
    found.set(path, [...(found.get(path) ?? []), asset]);
  }
  return found;
}

/** What came instead of an object, without the key and the advice, which is about the bucket. */
function detailOf(error: S3Error, key: string): string {
  const { status, code } = error;
  if (status !== undefined) return `S3 answered ${[status, code].filter(Boolean).join(' ')}`;
  return answerOf(error, key).replace(/\.$/, '');
}

/** An error about an object without what was tried, which names the key. */
export function answerOf({ message }: S3Error, key: string): string {
  const action = message.indexOf(': ', message.indexOf(key) + key.length);
  return message.slice(action + 2);
}

/** The event that tells a result. */
export function toEvent(result: UploadResult): SyncEvent {
  const { key, size: bytes } = result.placement.object;
  if (result.status === 'refused') {
    const refused = { type: 'refused', key, bytes } as const;
    return 'detail' in result
      ? { ...refused, reason: result.reason, detail: result.detail }
      : { ...refused, reason: result.reason };
  }
  return { type: result.status, key, path: result.placement.path, bytes };
}

export interface ParallelOptions<T> {
  /** How many at once. */
  readonly concurrency: number;
  /** The most that the items in work may weigh together; a heavier one goes alone. */
  readonly capacity: number;
  readonly weigh: (item: T) => number;
  /** Whether another item may be begun; items in work are finished either way. */
  readonly goOn: () => boolean;
}

/**
 * Works on items side by side and yields each result as it comes. After a failure nothing more is
 * begun; what is in work is finished before the failure is thrown.
 *
 * @returns whether all items were worked on, or only some
 */
export async function* inParallel<T, R>(
  items: readonly T[],
  { concurrency, capacity, weigh, goOn }: ParallelOptions<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, 'all' | 'some'> {
  const inWork = new Set<Promise<Settled<T, R>>>();
  let weight = 0;
  let next = 0;
  let failure: { readonly thrown: unknown } | undefined;

  const begin = (item: T) => {
    weight += weigh(item);
    const settled: Promise<Settled<T, R>> = work(item).then(
      (result) => ({ item, settled, outcome: { result } }),
      (thrown: unknown) => ({ item, settled, outcome: { thrown } }),
    );
    inWork.add(settled);
  };
  const fits = (item: T) =>
    inWork.size === 0 || (inWork.size < concurrency && weight + weigh(item) <= capacity);

  for (;;) {
    for (let item = items[next]; item !== undefined && !failure; item = items[next]) {
      if (!fits(item) || !goOn()) break;
      begin(item);
      next++;
    }
    if (inWork.size === 0) break;
    const { item, settled, outcome } = await Promise.race(inWork);
    inWork.delete(settled);
    weight -= weigh(item);
    if ('thrown' in outcome) failure ??= outcome;
    else yield outcome.result;
  }
  if (failure) throw failure.thrown;
  return next === items.length ? 'all' : 'some';
}

interface Settled<T, R> {
  readonly item: T;
  readonly settled: Promise<Settled<T, R>>;
  readonly outcome: { readonly result: R } | { readonly thrown: unknown };
}
