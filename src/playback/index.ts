import { type Config, publicOriginOf, readConfig } from '../config';
import { PlayError } from '../errors';
import type { Rung } from './ladder';
import { loadManifest } from './live-manifest';
import { choosePlayable, type Playable } from './playback';

export { below, lower, type Rung } from './ladder';
export type { Playable } from './playback';

/** Tells how a prompt, named by its S3 key, reaches the caller, from the given rung downwards. */
export type Playback = (key: string, highest?: Rung) => Playable;

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
  return (key, highest) => choosePlayable(key, options, highest);
}

/**
 * The URL under which Twilio can play a prompt: what stands where a presigned URL stood.
 *
 *     response.gather().play(await promptUrl(context, 'menu.mp3'));
 *
 * @param context the first argument of a Twilio Function
 * @param key the object's S3 key, whole
 * @returns its Asset's URL, or the proxy's, good for at least four hours; nothing that Twilio
 * appends to it changes what it answers
 * @throws {ConfigError} when the configuration is not usable
 * @throws {PlayError} when neither can play it, so that its words have to be said
 */
export async function promptUrl(
  context: Readonly<Record<string, unknown>>,
  key: string,
): Promise<string> {
  const playable = createPlayback(readConfig(context), new Date())(key);
  if (playable.rung !== 'say') return playable.url;
  throw new PlayError(
    `${JSON.stringify(key)} cannot be played: it is outside of S3_PREFIX, the last sync refused it, or AUTH_TOKEN is not set. Say its text.`,
  );
}
