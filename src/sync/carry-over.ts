import { createHash } from 'node:crypto';
import { isManifestPath, type ManifestMark, readMark } from '../manifest';
import type { Build, Version } from '../twilio/resources';
import { isAssetPath } from './asset-path';

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
 * What the manifest of a Build says of it; undefined unless the sync made this Build. A Build that
 * somebody else made from one of ours, in Twilio's console for one, has the manifest but other code,
 * and that code is to be respected.
 */
export function markOf(build: Build): ManifestMark | undefined {
  const mark = readMark(manifestVersionOf(build)?.path ?? '');
  return mark?.code === fingerprint(codeOf(build)) ? mark : undefined;
}

/** The Function version that holds a Build's manifest. */
export function manifestVersionOf({ functions }: Build): Version | undefined {
  return functions.find(({ path }) => isManifestPath(path));
}
