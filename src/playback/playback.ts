import type { Manifest } from '../manifest';
import { signProxyQuery } from './proxy-url';

/** How one prompt reaches the caller: a URL to play, or nothing but its text to say. */
export type Playable =
  | { readonly rung: 'asset' | 'proxy'; readonly url: string }
  | { readonly rung: 'say' };

export interface PlaybackOptions {
  readonly manifest: Manifest | undefined;
  /** Such as https://name-1234-dev.twil.io. */
  readonly publicOrigin: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Twilio's auth token; without it the proxy accepts nothing, so nothing is sent there. */
  readonly authToken: string | undefined;
  readonly now: Date;
}

/**
 * Chooses, prompt by prompt, how it reaches the caller: the Asset that the live Build holds,
 * otherwise the proxy, otherwise its text.
 */
export function choosePlayable(key: string, options: PlaybackOptions): Playable {
  const { manifest, publicOrigin, bucket, prefix, authToken, now } = options;
  const path = manifest?.paths.get(key);
  if (path !== undefined) return { rung: 'asset', url: publicOrigin + path };
  if (authToken === undefined || !key.startsWith(prefix)) return { rung: 'say' };
  const query = signProxyQuery({ authToken, bucket }, key, now);
  return { rung: 'proxy', url: `${publicOrigin}/audio?${query}` };
}
