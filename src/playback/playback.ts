import type { ProxyAccess } from '../config';
import type { Manifest } from '../manifest';
import { signProxyQuery } from '../proxy/signed-url';
import { isAddressable } from '../s3/address';
import type { Rung } from './ladder';

/** How one prompt reaches the caller: a URL to play, or nothing but its text to say. */
export type Playable =
  | { readonly rung: 'asset' | 'proxy'; readonly url: string }
  | { readonly rung: 'say' };

export interface PlaybackOptions {
  readonly manifest: Manifest | undefined;
  /** Such as https://name-1234-dev.twil.io. */
  readonly publicOrigin: string;
  /** Undefined where the proxy cannot answer, so that nothing is sent there. */
  readonly proxy: ProxyAccess | undefined;
  readonly now: Date;
}

/**
 * Chooses, prompt by prompt, how it reaches the caller: the Asset that the live Build holds,
 * otherwise the proxy, otherwise its text. What is known to be unplayable is said at once.
 *
 * @param highest the rung to begin at: those above it have failed
 */
export function choosePlayable(
  key: string,
  options: PlaybackOptions,
  highest: Rung = 'asset',
): Playable {
  const asset = highest === 'asset' ? options.manifest?.paths.get(key) : undefined;
  if (asset !== undefined) return { rung: 'asset', url: options.publicOrigin + asset };
  const url = highest === 'say' ? undefined : proxyUrl(key, options);
  return url === undefined ? { rung: 'say' } : { rung: 'proxy', url };
}

/** Undefined for what the proxy would refuse, or cannot carry. */
function proxyUrl(key: string, options: PlaybackOptions): string | undefined {
  const { manifest, publicOrigin, proxy, now } = options;
  if (!proxy || !key.startsWith(proxy.prefix) || !isAddressable(key)) return undefined;
  if (manifest?.refused.get(key)?.unplayable) return undefined;
  return `${publicOrigin}/audio?${signProxyQuery(proxy, key, now)}`;
}
