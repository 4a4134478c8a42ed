import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { PlayError } from './errors';
import { isRecord } from './record';

/** Why an object cannot be an Asset. */
export interface Refusal {
  readonly etag: string;
  readonly reason: string;
  /** Whether the proxy cannot carry it either, so that its text is said. */
  readonly unplayable: boolean;
}

/**
 * What the audio of a Build is. It is part of the same Build, as a private Function version: the
 * voice Function loads it without a network call, and the sync reads it through the API, which
 * returns the content of a Function version but not that of an Asset version.
 */
export interface Manifest {
  /** Prompt key → path of its Asset. */
  readonly paths: ReadonlyMap<string, string>;
  /**
   * Path of no prompt any more, kept for calls in progress that may have its URL → epoch seconds at
   * which it retired.
   */
  readonly retired: ReadonlyMap<string, number>;
  /** Key that is not an Asset → why; those refusals only that a call or the next run reads. */
  readonly refused: ReadonlyMap<string, Refusal>;
}

export const EMPTY_MANIFEST: Manifest = {
  paths: new Map(),
  retired: new Map(),
  refused: new Map(),
};

/** The friendly name of the Function that holds the manifest's versions. */
export const MANIFEST_FUNCTION = 'audio-manifest';

const PATH_PATTERN =
  /^\/?audio-manifest\/([0-9a-f]{32})-([0-9a-f]{16})-(ZB[0-9a-f]{32})(-deploy)?$/;

/** What a manifest's path says about its Build: reading a Build's list of versions is enough. */
export interface BuildMarker {
  /** Hash of the manifest's contents, 32 hexadecimal digits. */
  readonly hash: string;
  /** Hash of what its Build carries over, 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** The Build that was live when its Build was planned: ZB… */
  readonly base: string;
  /** Whether its Build brought new code: then it holds none of its base's. */
  readonly isDeploy?: boolean;
}

/** Reads a Function's path, with or without its leading slash; undefined unless it is a manifest's. */
export function readMarker(path: string): BuildMarker | undefined {
  const [, hash, fingerprint, base, deploy] = PATH_PATTERN.exec(path) ?? [];
  if (!hash || !fingerprint || !base) return undefined;
  return { hash, fingerprint, base, ...(deploy && { isDeploy: true }) };
}

/** Whether a Function's path, with or without its leading slash, is that of a manifest. */
export function isManifestPath(path: string): boolean {
  return readMarker(path) !== undefined;
}

const PREFIX = 'module.exports = ';

// Pairs, not objects: a key may be called __proto__.
const pairs = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(
    v.array(v.tuple([v.string(), value])),
    v.transform((entries) => new Map(entries)),
  );
/**
 * Which rules called an object "not audio". Those of 1, in manifests that do not say, also did so
 * with what merely was not recognised. It is no new version: a sync may run before its own Functions
 * are deployed, and those of an older deploy must read its manifest.
 */
const RECOGNITION = 2;

// A function, so that a bundle of which only a call reads the manifest does not hold it.
const schema = () =>
  v.object({
    version: v.literal(1),
    recognition: v.optional(v.number(), 1),
    paths: pairs(v.string()),
    retired: pairs(v.number()),
    refused: pairs(v.object({ etag: v.string(), reason: v.string(), unplayable: v.boolean() })),
  });

/** A manifest as a Function version. */
export interface EncodedManifest {
  /** A CommonJS module; equal manifests give equal bytes. */
  readonly source: string;
  /** See BuildMarker. */
  readonly hash: string;
}

/** Encodes a manifest; the order of its entries does not matter. */
export function encodeManifest({ paths, retired, refused }: Manifest): EncodedManifest {
  const json = JSON.stringify({
    version: 1,
    recognition: RECOGNITION,
    paths: sorted(paths),
    retired: sorted(retired),
    refused: sorted(refused).map(([key, { etag, reason, unplayable }]) => [
      key,
      { etag, reason, unplayable },
    ]),
  });
  const source = `${PREFIX}${json};\n`;
  return { source, hash: createHash('sha256').update(source).digest('hex').slice(0, 32) };
}

/** The path of the Function version that holds a manifest. */
export function manifestPath({ hash, fingerprint, base, isDeploy }: BuildMarker): string {
  return `/${MANIFEST_FUNCTION}/${hash}-${fingerprint}-${base}${isDeploy ? '-deploy' : ''}`;
}

/**
 * Reads a manifest's source without running it.
 *
 * @throws {PlayError} when it is not a manifest of this version
 */
export function decodeManifest(source: string): Manifest {
  const parsed = v.safeParse(schema(), jsonIn(source));
  if (!parsed.success) throw unknownForm();
  return withoutUnrecognised(parsed.output);
}

/**
 * Reads the manifest of a Function's own Build as fast as a call needs it: what has a manifest's path
 * was written by a sync, so only its outline is checked. For 1,000 prompts this takes less
 * than half of the time that running the module takes in a new process, before anything validates it.
 *
 * @param run runs the module, where its text is not what a sync uploaded: Twilio promises no more than
 * that it can be run
 * @throws {PlayError} when it is not a manifest of this version
 */
export function decodeOwnManifest(source: string, run: () => unknown): Manifest {
  const value = jsonIn(source) ?? run();
  if (!hasOutline(value)) throw unknownForm();
  const { recognition = 1, paths, retired, refused } = value;
  return withoutUnrecognised({
    recognition,
    paths: new Map(paths),
    retired: new Map(retired),
    refused: new Map(refused),
  });
}

interface Outline {
  readonly version: 1;
  readonly recognition?: number;
  readonly paths: readonly [string, string][];
  readonly retired: readonly [string, number][];
  readonly refused: readonly [string, Refusal][];
}

function hasOutline(value: unknown): value is Outline {
  return (
    isRecord(value) &&
    value.version === 1 &&
    [value.paths, value.retired, value.refused].every(Array.isArray)
  );
}

/** @returns undefined where a sync would have written something else */
function jsonIn(source: string): unknown {
  if (!source.startsWith(PREFIX)) return undefined;
  try {
    return JSON.parse(source.slice(PREFIX.length, source.lastIndexOf(';')));
  } catch {
    return undefined;
  }
}

function unknownForm(): PlayError {
  return new PlayError('The audio manifest of the live Build has an unknown form. Run a sync.');
}

/**
 * What older rules called "not audio" is left out: it silences nothing, and the next sync judges it
 * again.
 */
function withoutUnrecognised({
  recognition,
  paths,
  retired,
  refused,
}: Manifest & { readonly recognition: number }): Manifest {
  if (recognition >= RECOGNITION) return { paths, retired, refused };
  const recognised = [...refused].filter(([, { reason }]) => reason !== 'not audio');
  return { paths, retired, refused: new Map(recognised) };
}

/** By code unit, in every locale. */
function sorted<Value>(entries: ReadonlyMap<string, Value>): [string, Value][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}
