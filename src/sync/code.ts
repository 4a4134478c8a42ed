import { createHash } from 'node:crypto';
import { isManifestPath, manifestCode } from '../manifest';
import type { Build, Version } from '../twilio/resources';
import { isAssetPath } from './identity';

/** All of a Build that is not the sync's: what every new Build must carry over. */
export interface Code {
  readonly assets: readonly Version[];
  readonly functions: readonly Version[];
  readonly dependencies: Build['dependencies'];
  readonly runtime: string;
}

/** The part of a Build that is not the sync's. */
export function codeOf({ assets, functions, dependencies, runtime }: Build): Code {
  return {
    assets: assets.filter(({ path }) => !isAssetPath(path)),
    functions: functions.filter(({ path }) => !isManifestPath(path)),
    dependencies,
    runtime,
  };
}

/** Equal for equal code, whatever the order in which Twilio lists it. */
export function fingerprint({ assets, functions, dependencies, runtime }: Code): string {
  const sids = [...assets, ...functions].map(({ sid }) => sid).sort();
  const packages = dependencies.map(({ name, version }) => `${name}@${version}`).sort();
  const text = JSON.stringify([sids, packages, runtime]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Whether the sync made this Build. Its manifest's path names the code that it was made with: a
 * Build that somebody else made from one of ours, in Twilio's console for one, has the manifest but
 * other code, and that code is to be respected.
 */
export function isOurs(build: Build): boolean {
  const manifest = build.functions.find(({ path }) => isManifestPath(path));
  return manifest !== undefined && manifestCode(manifest.path) === fingerprint(codeOf(build));
}
