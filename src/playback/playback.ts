import type { CallConfig, ProxyAccess } from '../config';
import { messageOf } from '../errors';
import { isManifestPath, type Manifest, parseManifest } from '../manifest';
import { hasOtherEnding } from '../media-types';
import { signProxyQuery } from '../proxy/signed-url';
import { log } from '../runtime';
import { isAddressable } from '../s3/address';

/**
 * What has failed so far in a call, and so how its prompts are played from now on:
 * 0 nothing, as Assets; 1 an Asset, through the proxy; 2 the proxy, so that texts are said.
 */
export type FallbackLevel = 0 | 1 | 2;

/** How one prompt reaches the caller: a URL to play, or its text to say. */
export type Playable =
  | { readonly via: 'asset' | 'proxy'; readonly url: string }
  | { readonly via: 'say' };

/** Chooses how a prompt, named by its S3 key, reaches the caller. */
export type Playback = (key: string, level?: FallbackLevel) => Playable;

export interface PlaybackOptions {
  readonly manifest: Manifest | undefined;
  /** Such as https://name-1234-dev.twil.io. */
  readonly publicOrigin: string;
  /** Undefined when the proxy cannot work: then nothing is sent there. */
  readonly proxy: ProxyAccess | undefined;
  readonly now: Date;
}

/** The playback of the deployment that this Function belongs to. */
export function createPlayback({ publicOrigin, proxy }: CallConfig, now: Date): Playback {
  const access = 'problem' in proxy ? undefined : proxy;
  const options = { manifest: loadManifest(), publicOrigin, proxy: access, now };
  return (key, level) => choosePlayable(key, options, level);
}

/**
 * Chooses the Asset of the live Build, otherwise the proxy, otherwise the text. A prompt that is
 * known to be unplayable is said at once.
 */
export function choosePlayable(
  key: string,
  options: PlaybackOptions,
  level: FallbackLevel = 0,
): Playable {
  const asset = level === 0 ? options.manifest?.paths.get(key) : undefined;
  if (asset !== undefined) return { via: 'asset', url: options.publicOrigin + asset };
  const url = level < 2 ? proxyUrl(key, options) : undefined;
  return url === undefined ? { via: 'say' } : { via: 'proxy', url };
}

/** Undefined for a key that the proxy would refuse or cannot serve. */
function proxyUrl(key: string, options: PlaybackOptions): string | undefined {
  const { manifest, publicOrigin, proxy, now } = options;
  if (!proxy || !key.startsWith(proxy.prefix) || !isAddressable(key)) return undefined;
  if (manifest?.refused.get(key)?.unplayable || hasOtherEnding(key)) return undefined;
  return `${publicOrigin}/audio?${signProxyQuery(proxy, key, now)}`;
}

let loaded: { readonly file: string; readonly manifest: Manifest } | undefined;

/**
 * The manifest of the live Build, from this deployment's files, without a network call.
 *
 * @returns undefined before the first sync, and when it cannot be read; the proxy plays every prompt
 * then
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
