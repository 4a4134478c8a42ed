import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { PlayError } from './errors';

/** A path that no prompt plays any more, kept for the calls that were given its URL. */
export interface RetiredPath {
  readonly path: string;
  /** Epoch seconds. */
  readonly retiredAt: number;
}

/** An object that cannot be an Asset, remembered so that it is not fetched again. */
export interface RefusedObject {
  readonly key: string;
  readonly etag: string;
  readonly reason: string;
  /** Whether the proxy cannot carry it either: its text is said. */
  readonly unplayable: boolean;
}

/**
 * What a Build's audio is, carried in the same Build as a private Function version: the voice
 * Function loads it without a network call, and the command line reads it through the API, which
 * gives back the content of a Function version but not of an Asset version.
 */
export interface Manifest {
  /** Prompt key → path of its Asset. */
  readonly paths: ReadonlyMap<string, string>;
  readonly retired: readonly RetiredPath[];
  readonly refused: readonly RefusedObject[];
}

export const EMPTY_MANIFEST: Manifest = { paths: new Map(), retired: [], refused: [] };

/** The friendly name of the Function that holds the manifest's versions. */
export const MANIFEST_FUNCTION = 'audio-manifest';

const PATH_PATTERN = /^\/?audio-manifest\/([0-9a-f]{32})-([0-9a-f]{16})-(ZB[0-9a-f]{32})$/;

/** What a manifest's path says, so that a Build's listing alone tells what it was made of. */
export interface ManifestMark {
  /** Hash of the manifest's contents, 32 hexadecimal digits. */
  readonly hash: string;
  /** Fingerprint of the code that its Build was made with, 16 hexadecimal digits. */
  readonly code: string;
  /** The Build that was live when its Build was planned: ZB… */
  readonly base: string;
}

/** Reads the path of a Function, with or without its leading slash; undefined if not a manifest's. */
export function readMark(path: string): ManifestMark | undefined {
  const [, hash, code, base] = PATH_PATTERN.exec(path) ?? [];
  return hash && code && base ? { hash, code, base } : undefined;
}

/** Whether a Function's path, with or without its leading slash, is that of a manifest. */
export function isManifestPath(path: string): boolean {
  return readMark(path) !== undefined;
}

const PREFIX = 'module.exports = ';

const schema = v.object({
  version: v.literal(1),
  paths: v.array(v.tuple([v.string(), v.string()])),
  retired: v.array(v.tuple([v.string(), v.number()])),
  refused: v.array(
    v.object({ key: v.string(), etag: v.string(), reason: v.string(), unplayable: v.boolean() }),
  ),
});

/** A manifest as a Function version. */
export interface EncodedManifest {
  /** A CommonJS module; equal manifests give equal bytes. */
  readonly source: string;
  /** See ManifestMark. */
  readonly hash: string;
}

/** Writes a manifest; the order of its entries does not matter. */
export function encodeManifest({ paths, retired, refused }: Manifest): EncodedManifest {
  // Pairs, not an object: a key may be called __proto__.
  const json = JSON.stringify({
    version: 1,
    paths: [...paths].sort(([a], [b]) => compare(a, b)),
    retired: retired
      .map(({ path, retiredAt }) => [path, retiredAt] as const)
      .sort(([a], [b]) => compare(a, b)),
    refused: refused
      .map(({ key, etag, reason, unplayable }) => ({ key, etag, reason, unplayable }))
      .sort((a, b) => compare(a.key, b.key)),
  });
  const source = `${PREFIX}${json};\n`;
  return { source, hash: createHash('sha256').update(source).digest('hex').slice(0, 32) };
}

/** The path of the Function version that holds a manifest. */
export function manifestPath({ hash, code, base }: ManifestMark): string {
  return `/${MANIFEST_FUNCTION}/${hash}-${code}-${base}`;
}

/**
 * Reads a manifest's source without running it.
 *
 * @throws {PlayError} when it is not a manifest of this version.
 */
export function decodeManifest(source: string): Manifest {
  const json = source.startsWith(PREFIX) ? source.slice(PREFIX.length).replace(/;\s*$/, '') : '';
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new PlayError('The audio manifest of the live Build is not readable.', { cause });
  }
  return parseManifest(value);
}

/**
 * Validates what a manifest's module exports.
 *
 * @throws {PlayError} when it is not a manifest of this version.
 */
export function parseManifest(value: unknown): Manifest {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    throw new PlayError('The audio manifest of the live Build has an unknown form. Run a sync.');
  }
  const { paths, retired, refused } = parsed.output;
  return {
    paths: new Map(paths),
    retired: retired.map(([path, retiredAt]) => ({ path, retiredAt })),
    refused,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
