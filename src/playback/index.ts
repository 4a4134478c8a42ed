import { type Config, publicOriginOf } from '../config';
import { messageOf } from '../errors';
import { log } from '../log';
import { isManifestPath, type Manifest, parseManifest } from '../manifest';
import { choosePlayable, type Playable } from './playback';

export type { Playable } from './playback';

/** Tells how a prompt, named by its S3 key, reaches the caller. */
export type Playback = (key: string) => Playable;

/**
 * The playback of the deployment that this Function runs in.
 *
 * @throws {ConfigError} when the deployment's domain is not known.
 */
export function createPlayback(config: Config, now: Date): Playback {
  const options = {
    manifest: loadManifest(),
    publicOrigin: publicOriginOf(config),
    bucket: config.s3.bucket,
    prefix: config.s3.prefix,
    authToken: config.twilio.authToken,
    now,
  };
  return (key) => choosePlayable(key, options);
}

let loaded: { readonly file: string; readonly manifest: Manifest } | undefined;

/**
 * The manifest of the Build that this Function was deployed with, without a network call.
 * Before the first sync there is none; one that cannot be read leaves every prompt to the proxy.
 */
function loadManifest(): Manifest | undefined {
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
