import { messageOf } from '../errors';
import { isManifestPath, type Manifest, parseManifest } from '../manifest';
import { log } from '../runtime';

let loaded: { readonly file: string; readonly manifest: Manifest } | undefined;

/**
 * The manifest of the Build that this Function was deployed with, without a network call.
 * Before the first sync there is none; one that cannot be read leaves every prompt to the proxy.
 */
export function loadManifest(): Manifest | undefined {
  const entry = Object.entries(Runtime.getFunctions()).find(([path]) => isManifestPath(path));
  if (!entry) return undefined;
  const file = entry[1].path;
  if (loaded?.file === file) return loaded.manifest;
  try {
    loaded = { file, manifest: parseManifest(require(file)) };
    return loaded.manifest;
  } catch (thrown) {
    log('warn', { event: 'manifest unreadable', message: messageOf(thrown) });
    return undefined;
  }
}
