import { createHash } from 'node:crypto';
import { type BuildMarker, isManifestPath, readMarker } from '../manifest';
import type { Build, Version } from '../twilio/resources';
import { isAssetPath } from './asset-path';

/** All of a Build that is not the sync's own: every new Build must carry it over. */
export interface CarryOver {
  readonly assets: readonly Version[];
  readonly functions: readonly Version[];
  readonly dependencies: Build['dependencies'];
  readonly runtime: string;
}

/** The part of a Build that is not the sync's own. */
export function carryOverOf({ assets, functions, dependencies, runtime }: Build): CarryOver {
  return {
    assets: assets.filter(({ path }) => !isAssetPath(path)),
    functions: functions.filter(({ path }) => !isManifestPath(path)),
    dependencies,
    runtime,
  };
}

/** Equal for equal contents, whatever the order in which Twilio lists them. */
export function fingerprint({ assets, functions, dependencies, runtime }: CarryOver): string {
  const sids = [...assets, ...functions].map(({ sid }) => sid).sort();
  const packages = dependencies.map(({ name, version }) => `${name}@${version}`).sort();
  const text = JSON.stringify([sids, packages, runtime]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * The marker that the sync left in a Build of its own; undefined for any other Build. One that
 * somebody made from a Build of the sync, for example in Twilio's console, has the manifest but
 * other contents: it counts as theirs.
 */
export function markerOf(build: Build): BuildMarker | undefined {
  const marker = readMarker(manifestVersionOf(build)?.path ?? '');
  return marker?.fingerprint === fingerprint(carryOverOf(build)) ? marker : undefined;
}

/** The Function version that holds a Build's manifest. */
export function manifestVersionOf({ functions }: Build): Version | undefined {
  return functions.find(({ path }) => isManifestPath(path));
}
