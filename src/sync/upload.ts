import type { Clock } from '../clock';
import { ArchivedObjectError, type PromptBucket, type PromptObject } from '../s3/prompts';
import type { Resource, Version, Visibility } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { assetName, readAssetName, refusedName } from './asset-name';
import { audioTypeOf } from './content-type';
import type { SyncEvent } from './events';
import { inParallel } from './parallel';
import type { Placement } from './plan';
import { Scratch } from './scratch';

export interface PublishOptions {
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
}

/** One object's way to Twilio. */
export type Published =
  | { readonly placement: Placement; readonly version: Version; readonly found: boolean }
  | { readonly placement: Placement; readonly refused: 'not audio' | 'archived' };

/** Twilio deletes a version that is in no Build after seven days; from then on a name may be stale. */
const TRUSTED_FOR = 6 * 24 * 3600 * 1000;

/**
 * Uploads objects as Asset versions, which no caller hears before they are in a Build. What an
 * earlier run has uploaded is found and not uploaded again.
 *
 * @returns whether every object was worked on before the deadline
 */
export async function* publish(
  placements: readonly Placement[],
  options: PublishOptions,
): AsyncGenerator<Published, boolean> {
  if (placements.length === 0) return true;
  const assets = byPath(await options.twilio.resources('Assets'));
  const scratch = new Scratch();
  return yield* inParallel(
    placements,
    {
      concurrency: options.concurrency,
      capacity: options.bytesInFlight,
      weigh: ({ object }) => object.size,
      goOn: () => options.clock.now().getTime() < options.deadline,
    },
    (placement) => publishOne(placement, assets.get(placement.path) ?? [], scratch, options),
  );
}

async function publishOne(
  placement: Placement,
  assets: readonly Resource[],
  scratch: Scratch,
  options: PublishOptions,
): Promise<Published> {
  const { object, path } = placement;
  const { bucket, twilio, visibility } = options;
  if (assets.some(({ friendlyName }) => readAssetName(friendlyName)?.refused)) {
    return { placement, refused: 'not audio' };
  }
  const existing = await findVersion(path, assets, options);
  if (existing) return { placement, version: existing, found: true };
  const loan = scratch.lend(object.size);
  const content = await readUnlessArchived(bucket, object, loan.memory);
  if (content === undefined) return { placement, refused: 'archived' };
  const contentType = await audioTypeOf(content);
  if (contentType === undefined) {
    await twilio.createResource('Assets', refusedName(path));
    return { placement, refused: 'not audio' };
  }
  const resourceSid = assets[0]?.sid ?? (await twilio.createResource('Assets', assetName(path)));
  const sid = await twilio.upload('Assets', resourceSid, {
    path,
    visibility,
    content,
    contentType,
  });
  // Not after a failure: a broken upload may still be reading.
  loan.giveBack();
  const version = { sid, resourceSid, path, visibility };
  await twilio.renameAsset(resourceSid, assetName(path, version));
  return { placement, version, found: false };
}

/** The tiers of INTELLIGENT_TIERING do not show in a listing. */
async function readUnlessArchived(
  bucket: PromptBucket,
  object: PromptObject,
  memory: Buffer<ArrayBuffer>,
): Promise<Buffer | undefined> {
  try {
    return await bucket.fetch(object, { memory });
  } catch (thrown) {
    if (thrown instanceof ArchivedObjectError) return undefined;
    throw thrown;
  }
}

/** A version of this path and visibility that is uploaded already. */
async function findVersion(
  path: string,
  assets: readonly Resource[],
  { twilio, visibility, clock }: PublishOptions,
): Promise<Version | undefined> {
  for (const { sid: resourceSid, friendlyName, updatedAt } of assets) {
    const uploaded = readAssetName(friendlyName)?.uploaded;
    const fresh = clock.now().getTime() - updatedAt.getTime() < TRUSTED_FOR;
    if (fresh && uploaded?.visibility === visibility) {
      return { sid: uploaded.versionSid, resourceSid, path, visibility };
    }
    const versions = await twilio.versions('Assets', resourceSid);
    const found = versions.find(
      (version) => version.path === path && version.visibility === visibility,
    );
    if (found) return found;
  }
  return undefined;
}

function byPath(assets: readonly Resource[]): Map<string, Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const asset of assets) {
    const path = readAssetName(asset.friendlyName)?.path;
    if (path === undefined) continue;
    const twins = found.get(path);
    if (twins) twins.push(asset);
    else found.set(path, [asset]);
  }
  return found;
}

/** What a caller of the run is told. */
export function toEvent(published: Published): SyncEvent {
  const { key, size: bytes } = published.placement.object;
  if ('refused' in published) return { type: 'refused', key, bytes, reason: published.refused };
  const { path } = published.placement;
  return { type: published.found ? 'found' : 'uploaded', key, path, bytes };
}
