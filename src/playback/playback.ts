import { readFileSync } from 'node:fs';
import type { CallConfig } from '../config';
import { messageOf } from '../errors';
import { log } from '../log';
import { decodeOwnManifest, isManifestPath, type Manifest } from '../manifest';
import { hasOtherEnding } from '../media-types';
import { signProxyQuery } from '../proxy/signed-url';
import { isAddressable } from '../s3/address';

/**
 * What has failed so far in a call, and so how its prompts are played from now on:
 * 0 nothing, as Assets; 1 an Asset, through the proxy; 2 the proxy, so that texts are said.
 */
export type FallbackLevel = 0 | 1 | 2;

/** How one prompt reaches the caller: a URL to play, or its text to say, and why. */
export type Playable =
  | { readonly via: 'asset' | 'proxy'; readonly url: string }
  | { readonly via: 'say'; readonly reason: string };

/** Chooses how a prompt, named by its S3 key, reaches the caller. */
export type Playback = (key: string, level?: FallbackLevel) => Playable;

export interface PlaybackOptions extends CallConfig {
  readonly manifest: Manifest | undefined;
  readonly now: Date;
}

/** The playback of the deployment that this Function belongs to. */
export function createPlayback(config: CallConfig, now: Date): Playback {
  const options = { ...config, manifest: loadManifest(), now };
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
  const source = chooseSource(key, options, level);
  if (source.via === 'say') return source;
  return { via: source.via, url: options.publicOrigin + source.path() };
}

/** The same before a URL is signed, which takes longer than all else. */
export type Source =
  | { readonly via: 'asset' | 'proxy'; readonly path: () => string }
  | Extract<Playable, { via: 'say' }>;

export function chooseSource(
  key: string,
  options: PlaybackOptions,
  level: FallbackLevel = 0,
): Source {
  const asset = level === 0 ? options.manifest?.paths.get(key) : undefined;
  if (asset !== undefined) return { via: 'asset', path: () => asset };
  if (level === 2) return { via: 'say', reason: 'the proxy failed earlier in the call' };
  return throughProxy(key, options);
}

/** The proxy's path and query for a prompt, whatever Assets there are; or why it cannot play it. */
export function throughProxy(
  key: string,
  { manifest, proxy, now }: Omit<PlaybackOptions, 'publicOrigin'>,
): Source {
  const say = (reason: string): Source => ({ via: 'say', reason });
  if ('problem' in proxy) {
    return say(`it is no Asset of the live Build, and the proxy cannot answer. ${proxy.problem}`);
  }
  if (!key.startsWith(proxy.prefix)) return say(`it is outside of S3_PREFIX, ${proxy.prefix}`);
  if (!isAddressable(key)) return say('no URL can hold its key');
  const refusal = manifest?.refused.get(key);
  if (refusal?.unplayable) return say(`the last sync refused it: ${refusal.reason}`);
  if (hasOtherEnding(key)) return say('Twilio does not play files with its ending');
  return { via: 'proxy', path: () => `/audio?${signProxyQuery(proxy, key, now)}` };
}

let loaded: { readonly file: string; readonly manifest: Manifest } | undefined;

/**
 * The manifest of the live Build, from this deployment's files, without a network call.
 *
 * @returns undefined before the first sync, and when it cannot be read; the proxy plays every prompt
 * then
 */
export function loadManifest(): Manifest | undefined {
  const entry = Object.entries(Runtime.getFunctions()).find(([path]) => isManifestPath(path));
  if (!entry) return undefined;
  const file = entry[1].path;
  if (loaded?.file === file) return loaded.manifest;
  try {
    // As Twilio gives the file for `require`, its ending may be missing.
    const source = readFileSync(require.resolve(file), 'utf8');
    loaded = { file, manifest: decodeOwnManifest(source, () => require(file)) };
    return loaded.manifest;
  } catch (thrown) {
    log('warn', 'manifest-unreadable', { message: messageOf(thrown) });
    return undefined;
  }
}
