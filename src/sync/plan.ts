import { isManifestPath } from '../manifest';
import type { PromptObject } from '../s3/prompts';
import type { Build, Version } from '../twilio/resources';
import { assetPath, isAssetPath } from './identity';

/** A prompt's object and the path of the Asset that must hold it. */
export interface Placement {
  readonly object: PromptObject;
  readonly path: string;
}

export interface Plan {
  /** Already in the live Build. */
  readonly keep: readonly (Placement & { readonly version: Version })[];
  /** Not in the live Build. */
  readonly upload: readonly Placement[];
  /** In the live Build, but no longer in S3. */
  readonly retire: readonly Version[];
  /** What is not the sync's: carried over as it is. */
  readonly foreign: { readonly assets: readonly Version[]; readonly functions: readonly Version[] };
}

/** Decides, from S3's listing and the live Build, what has to be done to make them equal. */
export function plan(listing: readonly PromptObject[], live: Build): Plan {
  const ours = new Map(
    live.assets.filter(({ path }) => isAssetPath(path)).map((version) => [version.path, version]),
  );
  const keep: (Placement & { version: Version })[] = [];
  const upload: Placement[] = [];
  for (const object of listing) {
    const path = assetPath(object.key, object.etag);
    const version = ours.get(path);
    if (version) keep.push({ object, path, version });
    else upload.push({ object, path });
  }
  const wanted = new Set(keep.map(({ path }) => path));
  return {
    keep,
    upload,
    retire: [...ours.values()].filter(({ path }) => !wanted.has(path)),
    foreign: {
      assets: live.assets.filter(({ path }) => !isAssetPath(path)),
      functions: live.functions.filter(({ path }) => !isManifestPath(path)),
    },
  };
}
