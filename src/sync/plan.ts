import { CALL_FLOW_ASSET } from '../call-flow/files';
import { BUILD_ASSETS, PROXY_BYTES } from '../limits';
import { encodeManifest, type Manifest } from '../manifest';
import { hasAudioEnding } from '../media-types';
import type { PromptObject } from '../s3/prompts';
import type { Build, Version, Visibility } from '../twilio/resources';
import { assetPath, isAssetPath, keyHash, keyHashIn } from './asset-path';
import { type CarryOver, fingerprint, markerOf } from './carry-over';
import { type Guard, guardOf } from './guard';
import {
  isByteReason,
  isUnplayable,
  type Judgement,
  type NotGiven,
  type Reason,
  refusalOf,
  refusalsToRemember,
  type SkippedKey,
} from './selection';

/** What is live, and what was known when it became live. */
export interface LiveBuild {
  readonly build: Build;
  /** Its manifest; if it has none, that of the sync's newest Build before it. */
  readonly manifest: Manifest;
  /** What the next Build must carry over: the live Build's own, unless a race lost a deploy. */
  readonly carryOver: CarryOver;
}

/** Asset versions that a Build of the near past held, or that are uploaded and in no Build yet. */
export interface ReusableVersions {
  readonly assets: readonly Version[];
  /** Epoch seconds at which it stopped being live. */
  readonly liveUntil: number;
}

export interface PlanOptions {
  readonly nowEpochSeconds: number;
  readonly visibility: Exclude<Visibility, 'private'>;
  /** Whether the globs select a key. */
  readonly selects: (key: string) => boolean;
  /** Keys that the call flow names, if a call flow is deployed: they get room first. */
  readonly flowKeys: ReadonlySet<string>;
  /** Key → what this process has found in its object's bytes, of objects that make no Asset. */
  readonly judged: ReadonlyMap<string, Judgement>;
  /** Key → why S3 did not give an object of the listing to this run. */
  readonly notGiven: ReadonlyMap<string, NotGiven>;
  readonly bucketName: string;
  /** What all keys of the listing begin with. */
  readonly prefix: string;
  /** S3_PREFIX of the deployment: no call can play another key, whether S3 has it or not. */
  readonly proxyPrefix: string;
  /** The largest object that this run uploads. */
  readonly maxObjectBytes: number;
  /** How long a retired path stays: as long as a call. */
  readonly retentionSeconds: number;
  /** The largest share of known keys that may vanish, 0 to 1. */
  readonly maxVanishedShare: number;
  /** Go on where a guard would stop. */
  readonly force: boolean;
  /** … where at most so many known prompts vanish; undefined is any number. */
  readonly maxForced?: number | undefined;
}

/** A prompt's object and the path of the Asset that must hold it. */
export interface Placement {
  readonly object: PromptObject;
  readonly path: string;
}

export interface Plan {
  /** Why the run must stop before anything is built; undefined when it may go on. */
  readonly guard: Guard | undefined;
  /** Selected, and uploaded already. */
  readonly keep: readonly (Placement & { readonly version: Version })[];
  /** Selected, and not known to be uploaded. */
  readonly upload: readonly Placement[];
  /** No prompt's any more, but a call in progress may play them. */
  readonly retain: readonly { readonly version: Version; readonly retiredAt: number }[];
  /** Leave the Build now: in no call's reach any more. */
  readonly drop: readonly Version[];
  /**
   * Keys that are no Assets as S3 has them; among them those that S3 lacks, though the call flow names
   * them or they are live.
   */
  readonly skip: readonly SkippedKey[];
  /** Part of the new Build as it is. */
  readonly carryOver: CarryOver;
  /** The manifest of the Build that this plan makes. */
  readonly manifest: Manifest;
  /** Whether the live Build is not the one that this plan makes. */
  readonly changed: boolean;
}

/**
 * Decides, from S3's listing and Twilio's Builds, what must be done to make them equal. Pure and
 * total; the order of listing and Builds does not matter.
 *
 * | object in S3            | its path in the live Build | in a recent one | decision |
 * |-------------------------|----------------------------|-----------------|----------|
 * | wanted                  | yes                        | any             | keep     |
 * | wanted                  | no                         | yes             | keep     |
 * | wanted                  | no                         | no              | upload   |
 * | wanted, visibility changed | with another visibility | any             | upload   |
 * | cannot be an Asset      | any                        | any             | skip     |
 * | wanted, S3 does not give it | its earlier content yes | any            | keep the earlier |
 * | wanted, S3 does not give it | its earlier content no | in the live manifest | keep the earlier |
 * | wanted, S3 does not give it | no                     | no              | skip     |
 * | none, or not wanted     | yes, retired lately        | any             | retain   |
 * | none, or not wanted     | yes, retired long ago      | any             | drop     |
 * | none, or not wanted     | no                         | live lately     | retain   |
 * | none, but the flow names it | as above               | as above        | skip, too |
 * | none, but the key was live | as above                | as above        | skip, too |
 *
 * "Wanted": the globs select it, and it can be an Asset. A skipped key that S3 lacks stays in the
 * manifest until S3 has it again, so that calls say its text: the proxy would answer 404. That is right
 * whichever call flow is deployed, so that every run does the same. Where there is no room for all,
 * - prompts that the call flow names come first, then those that the proxy cannot carry;
 * - a prompt that loses its place is retained as if it were gone;
 * - a new prompt gets a place only when no retained Asset needs it.
 */
export function plan(
  listing: readonly PromptObject[],
  live: LiveBuild,
  recent: readonly ReusableVersions[],
  options: PlanOptions,
): Plan {
  const { carryOver } = live;
  const selected = listing.filter(({ key }) => options.selects(key));
  const skip: SkippedKey[] = [];
  const wanted: Wanted[] = [];
  const known = knownVersions(live, recent, options.visibility);
  const held = heldKeys(live, recent);
  /** Key → path of an earlier content, which callers go on to hear. */
  const earlier = new Map<string, string>();
  for (const object of selected) {
    const path = isHeld(object, held) ? pathOf(object) : undefined;
    const uploaded = path !== undefined && known.has(path);
    const reason = reasonAgainst(object, uploaded, live.manifest, options);
    const before = reason === 'unreadable' ? live.manifest.paths.get(object.key) : undefined;
    if (before !== undefined && known.has(before)) {
      earlier.set(object.key, before);
      wanted.push({ object, path: before });
    } else if (reason) skip.push(skipped(object, reason));
    else wanted.push({ object, path });
  }
  // Other Functions may run without a call flow.
  const hasCallFlow = carryOver.assets.some(({ path }) => path === CALL_FLOW_ASSET);
  const flowKeys = hasCallFlow ? options.flowKeys : new Set<string>();
  wanted.sort(byImportance(flowKeys));

  // Public and protected Assets share one limit; private ones have their own.
  const served = carryOver.assets.filter(({ visibility }) => visibility !== 'private');
  const capacity = Math.max(0, BUILD_ASSETS - served.length);
  const retain = retainedBeside(wanted, live, recent, options);
  const candidates = wanted
    .slice(0, Math.max(0, capacity - retain.length))
    .map(({ object, path = pathOf(object) }): Placement => ({ object, path }));
  // Prompts that lose their place are retained as well, so there may be more than before.
  const retained = retainedBeside(candidates, live, recent, options).slice(0, capacity);
  const uploadedPaths = new Set([...known.keys(), ...live.build.assets.map(({ path }) => path)]);
  const placements = fitInto(candidates, capacity - retained.length, uploadedPaths);
  const placed = new Set(placements.map(({ object }) => object));
  for (const { object } of wanted) {
    const isEarlier = earlier.has(object.key);
    if (placed.has(object)) {
      if (isEarlier) skip.push({ ...skipped(object, 'unreadable'), unplayable: false });
      continue;
    }
    const reason = isEarlier ? 'unreadable' : refusalOf(object, options.maxObjectBytes);
    skip.push(skipped(object, reason ?? 'no room'));
  }
  const listed = new Set(listing.map(({ key }) => key));
  const isAbsent = absenceIn(listed, options);
  const missing = [...flowKeys].filter(isAbsent);
  const vanished = [...live.manifest.paths.keys()].filter(
    (key) => isAbsent(key) && !flowKeys.has(key),
  );
  const absent = [...missing, ...vanished, ...stillMissing(live.manifest, listed)];

  const keep: (Placement & { version: Version })[] = [];
  const upload: Placement[] = [];
  for (const placement of placements) {
    const version = known.get(placement.path);
    if (version) keep.push({ ...placement, version });
    else upload.push(placement);
  }
  const manifest: Manifest = {
    paths: new Map(placements.map(({ object, path }) => [object.key, path])),
    retired: new Map(retained.map(({ version, retiredAt }) => [version.path, retiredAt])),
    refused: refusalsToRemember(
      [...skip, ...[...new Set(absent)].map((key) => lacking(key, 'missing'))],
      [flowKeys, new Set(vanished), rememberedUnplayable(live.manifest)],
    ),
  };
  const stays = new Set([...keep, ...retained].map(({ version }) => version.sid));
  const { force, maxForced = Number.POSITIVE_INFINITY } = options;
  const guard = guardOf(
    {
      known: [...live.manifest.paths.keys()],
      listed,
      selects: options.selects,
      bucketName: options.bucketName,
      prefix: options.prefix,
    },
    options.maxVanishedShare,
  );
  return {
    guard: force && guard && guard.vanishing <= maxForced ? undefined : guard,
    keep,
    upload,
    retain: retained,
    drop: audioOf(live.build).filter(({ sid }) => !stays.has(sid)),
    skip: [
      ...skip,
      ...missing.map((key) => lacking(key, 'missing')),
      ...vanished.map((key) => lacking(key, 'vanished')),
    ],
    carryOver,
    manifest,
    changed: upload.length > 0 || !isLive(live.build, stays, manifest, carryOver),
  };
}

/**
 * The plan for the next Build. A key without an audio ending may be of any file, and there may be
 * many: such objects are fetched last, so that they keep no prompt from being published.
 */
export function nextPlan(...[listing, live, recent, options]: Parameters<typeof plan>): Plan {
  const whole = plan(listing, live, recent, options);
  const unplaced = whole.skip.filter(({ reason }) => reason === 'no room');
  const unsure = [...whole.upload.map(({ object }) => object), ...unplaced]
    .map(({ key }) => key)
    .filter((key) => !hasAudioEnding(key) && !options.flowKeys.has(key))
    .filter((key) => !live.manifest.paths.has(key));
  const later = new Set(unsure);
  if (!whole.upload.some(({ object }) => later.has(object.key))) return whole;
  const selects = (key: string) => options.selects(key) && !later.has(key);
  const sure = plan(listing, live, recent, { ...options, selects });
  return sure.changed && sure.manifest.paths.size > 0 ? { ...sure, guard: whole.guard } : whole;
}

/** An object that can be an Asset; with its path, if a version that may be it has its key. */
interface Wanted {
  readonly object: PromptObject;
  readonly path: string | undefined;
}

function pathOf({ key, etag }: PromptObject): string {
  return assetPath(key, etag);
}

/**
 * `keyHash` of all keys that have a version. A bucket may have a hundred times more objects than a Build
 * has room for: the path of one that has neither a version nor room is not needed, and takes 5 µs.
 */
function heldKeys({ build }: LiveBuild, recent: readonly ReusableVersions[]): ReadonlySet<string> {
  const versions = [...recent.flatMap(({ assets }) => assets), ...build.assets];
  return new Set(versions.map(({ path }) => keyHashIn(path)));
}

function isHeld({ key }: PromptObject, held: ReadonlySet<string>): boolean {
  return held.size > 0 && held.has(keyHash(key));
}

/** Whether the live Build already is what the plan makes. */
function isLive(
  build: Build,
  stays: ReadonlySet<string>,
  manifest: Manifest,
  carryOver: CarryOver,
): boolean {
  const marker = markerOf(build);
  const audio = audioOf(build);
  return (
    marker?.hash === encodeManifest(manifest).hash &&
    marker.fingerprint === fingerprint(carryOver) &&
    audio.length === stays.size &&
    audio.every(({ sid }) => stays.has(sid))
  );
}

function reasonAgainst(
  object: PromptObject,
  uploaded: boolean,
  { refused }: Manifest,
  { maxObjectBytes, judged, notGiven }: PlanOptions,
): Reason | undefined {
  const refusal = refusalOf(object, maxObjectBytes);
  // Only a refusal by bytes is taken as it is; all others are computed again. What was archived since
  // is not for the proxy any more, though its bytes are the same.
  for (const known of refusal === 'archived' ? [] : [judged, refused]) {
    const { etag, reason } = known.get(object.key) ?? {};
    if (etag === object.etag && reason && isByteReason(reason)) return reason;
  }
  // What is uploaded can be served, whatever its size and storage class. Its ending still counts.
  if (uploaded && !(refusal && isByteReason(refusal))) return undefined;
  if (refusal) return refusal;
  const known = notGiven.get(object.key);
  return known?.etag === object.etag ? known.reason : undefined;
}

function skipped(object: PromptObject, reason: Reason): SkippedKey {
  const { key, etag } = object;
  return { key, etag, reason, unplayable: isUnplayable(object, reason) };
}

function lacking(key: string, reason: Reason): SkippedKey {
  return { key, etag: '', reason, unplayable: true };
}

/** Whether S3 has no such key that a call could play; it is unknown what lies outside of the listing. */
function absenceIn(
  listed: ReadonlySet<string>,
  { prefix, proxyPrefix }: PlanOptions,
): (key: string) => boolean {
  return (key) => !listed.has(key) && (key.startsWith(prefix) || !key.startsWith(proxyPrefix));
}

function rememberedUnplayable({ refused }: Manifest): ReadonlySet<string> {
  return new Set([...refused].flatMap(([key, { unplayable }]) => (unplayable ? key : [])));
}

/** What the manifest remembers as missing, and S3 does not have now either. */
function stillMissing({ refused }: Manifest, listed: ReadonlySet<string>): string[] {
  return [...refused].flatMap(([key, { reason }]) =>
    reason === 'missing' && !listed.has(key) ? key : [],
  );
}

/** Path → version, for every path of the sync's that is uploaded with this visibility. */
function knownVersions(
  { build }: LiveBuild,
  recent: readonly ReusableVersions[],
  visibility: Visibility,
): Map<string, Version> {
  const versions = [...recent.flatMap(({ assets }) => assets).sort(bySid), ...build.assets];
  return new Map(
    versions
      .filter((version) => version.visibility === visibility && isAssetPath(version.path))
      .map((version) => [version.path, version]),
  );
}

/**
 * Leaves out what is new and least important until the rest fits.
 *
 * @param uploadedPaths paths that have a version already
 */
function fitInto(
  placements: readonly Placement[],
  capacity: number,
  uploadedPaths: ReadonlySet<string>,
): Placement[] {
  const fresh = placements.filter(({ path }) => !uploadedPaths.has(path));
  const left = new Set(fresh.slice(Math.max(0, capacity - (placements.length - fresh.length))));
  return placements.filter((placement) => !left.has(placement)).slice(0, capacity);
}

/**
 * Versions that belong to none of these placements any more and that a call may still play, with the
 * time at which they retired; the latest first.
 */
function retainedBeside(
  placements: readonly Wanted[],
  { build, manifest }: LiveBuild,
  recent: readonly ReusableVersions[],
  { nowEpochSeconds, retentionSeconds }: PlanOptions,
): { version: Version; retiredAt: number }[] {
  const wanted = new Set(placements.map(({ path }) => path));
  const gone = new Map<string, { version: Version; retiredAt: number }>();
  const add = (version: Version, since: number) => {
    if (!isAssetPath(version.path) || wanted.has(version.path)) return;
    gone.set(version.path, { version, retiredAt: manifest.retired.get(version.path) ?? since });
  };
  const older = recent
    .flatMap(({ assets, liveUntil }) => assets.map((version) => ({ version, liveUntil })))
    .sort((a, b) => a.liveUntil - b.liveUntil || bySid(a.version, b.version));
  for (const { version, liveUntil } of older) add(version, liveUntil);
  for (const version of build.assets) add(version, nowEpochSeconds);
  return [...gone.values()]
    .filter((entry) => nowEpochSeconds - entry.retiredAt < retentionSeconds)
    .sort((a, b) => b.retiredAt - a.retiredAt || compare(a.version.path, b.version.path));
}

/** The order in which prompts get room. */
function byImportance(flowKeys: ReadonlySet<string>) {
  const rank = ({ object }: Wanted) => {
    if (flowKeys.has(object.key)) return 0;
    return object.size > PROXY_BYTES ? 1 : 2;
  };
  return (a: Wanted, b: Wanted) => rank(a) - rank(b) || compare(a.object.key, b.object.key);
}

function audioOf({ assets }: Build): readonly Version[] {
  return assets.filter(({ path }) => isAssetPath(path));
}

function bySid(a: Version, b: Version): number {
  return compare(a.sid, b.sid);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
