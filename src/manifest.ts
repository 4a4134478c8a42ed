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

const PATH_PATTERN = /^\/?audio-manifest\/[0-9a-f]{32}-([0-9a-f]{16})$/;

/** Whether a Function's path, with or without its leading slash, is that of a manifest. */
export function isManifestPath(path: string): boolean {
  return PATH_PATTERN.test(path);
}

/** The fingerprint of the code that a manifest's Build was made with; undefined for other paths. */
export function manifestCode(path: string): string | undefined {
  return PATH_PATTERN.exec(path)?.[1];
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

export interface EncodedManifest {
  /**
   * Path of the Function version. It holds the hash of `source` and the fingerprint of the Build's
   * code, so that a Build's listing alone says whether both are current.
   */
  readonly path: string;
  /** A CommonJS module. */
  readonly source: string;
}

/**
 * Writes a manifest as a Function version; equal manifests give equal bytes.
 *
 * @param code fingerprint of the code that the manifest's Build carries, 16 hexadecimal digits
 */
export function encodeManifest(
  { paths, retired, refused }: Manifest,
  code: string,
): EncodedManifest {
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
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 32);
  return { path: `/${MANIFEST_FUNCTION}/${hash}-${code}`, source };
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
