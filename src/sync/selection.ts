import { withoutByteOrderMark } from '../call-flow/files';
import { matchesGlob, parseGlob } from '../glob';
import { ASSET_BYTES, MANIFEST_REFUSALS, PROXY_BYTES } from '../limits';
import type { Refusal } from '../manifest';
import { hasOtherEnding, hasRawAudioEnding } from '../media-types';
import type { PromptObject } from '../s3/prompts';

/**
 * Selects the keys that one of `include` matches (all, if there is none) and none of `exclude`. Globs
 * match the key without the prefix.
 *
 * @throws {GlobError} for a glob that is none
 */
export function selection(
  prefix: string,
  include: readonly string[],
  exclude: readonly string[],
): (key: string) => boolean {
  const included = include.map(parseGlob);
  const excluded = exclude.map(parseGlob);
  return (key) => {
    const name = key.slice(prefix.length);
    const isIncluded = included.length === 0 || included.some((glob) => matchesGlob(glob, name));
    return isIncluded && !excluded.some((glob) => matchesGlob(glob, name));
  };
}

/**
 * The S3 keys that a call flow's JSON names. A flow that cannot be read names none: it must not stop
 * the sync, which helps the calls that still work.
 */
export function keysNamedBy(flow: string): ReadonlySet<string> {
  const keys = new Set<string>();
  try {
    JSON.parse(withoutByteOrderMark(flow), (name, value: unknown) => {
      if (name === 'key' && typeof value === 'string') keys.add(value);
      return value;
    });
  } catch {
    return new Set();
  }
  return keys;
}

/** Why an object is not an Asset. The manifest holds these codes, not their words. */
export const REASONS = [
  'not audio',
  'not recognised',
  'too large',
  'archived',
  'no room',
  'left to the command line',
  'unreadable',
  'listed otherwise',
  'missing',
  'vanished',
] as const;
export type Reason = (typeof REASONS)[number];

/** A reason by an object's bytes, or by an ending that says what they are. */
export type ByteReason = Extract<Reason, 'not audio' | 'not recognised'>;

export function isByteReason(reason: string): reason is ByteReason {
  return reason === 'not audio' || reason === 'not recognised';
}

/** Why an object of the listing did not come: S3 does not give it, or gives another content. */
export type NotGivenReason = Extract<Reason, 'unreadable' | 'listed otherwise'>;

export function isNotGiven(reason: string): reason is NotGivenReason {
  return reason === 'unreadable' || reason === 'listed otherwise';
}

/** What S3 did in place of giving an object. */
export interface NotGiven {
  readonly etag: string;
  readonly reason: NotGivenReason;
}

/** What an object's bytes told against it. */
export interface Judgement {
  readonly etag: string;
  readonly reason: ByteReason;
}

/** Objects of these classes cannot be read before they are restored. */
const ARCHIVED: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/**
 * What a listing alone tells against an object.
 *
 * @param maxObjectBytes the largest that this run uploads
 */
export function refusalOf(
  { key, size, storageClass }: PromptObject,
  maxObjectBytes: number,
): Reason | undefined {
  if (hasOtherEnding(key)) return 'not audio';
  if (ARCHIVED.has(storageClass)) return 'archived';
  if (size > ASSET_BYTES) return 'too large';
  if (hasRawAudioEnding(key)) return 'not recognised';
  return size > maxObjectBytes ? 'left to the command line' : undefined;
}

/**
 * Whether the proxy cannot carry it either, so that its text is said. What merely is not recognised
 * is not said: the proxy plays it.
 */
export function isUnplayable({ size }: PromptObject, reason: Reason): boolean {
  const isRefused = reason === 'not audio' || reason === 'archived' || reason === 'unreadable';
  return isRefused || size > PROXY_BYTES;
}

/** A key that is not an Asset, and why. */
export interface SkippedKey extends Refusal {
  readonly key: string;
  readonly reason: Reason;
}

/**
 * The refusals that the manifest must hold, because they are read: a call needs to know that the
 * proxy cannot carry a key, and the next run what its bytes told, and what S3 lacks. The manifest stays
 * small whatever the bucket holds: refusals by file ending are recomputed; of objects without room
 * there may be any number, so only important ones count; and the least important others are left out.
 *
 * @param important keys that come first, the most important ones first
 */
export function refusalsToRemember(
  skipped: readonly SkippedKey[],
  important: readonly ReadonlySet<string>[],
): Map<string, Refusal> {
  const rank = ({ key, reason, unplayable }: SkippedKey) => {
    const group = important.findIndex((keys) => keys.has(key));
    if (group !== -1) return group;
    if (reason === 'not audio') return important.length;
    return important.length + (unplayable ? 1 : 2);
  };
  const isRead = ({ key, reason, unplayable }: SkippedKey) => {
    if (!unplayable) return reason === 'not recognised' && !hasRawAudioEnding(key);
    return (
      !hasOtherEnding(key) && (reason !== 'no room' || important.some((keys) => keys.has(key)))
    );
  };
  return new Map(
    skipped
      .filter(isRead)
      .sort((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1))
      .slice(0, MANIFEST_REFUSALS)
      .map(({ key, ...refusal }) => [key, refusal]),
  );
}
