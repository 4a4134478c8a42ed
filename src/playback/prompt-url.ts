import { readCallConfig } from '../config';
import { PlayError } from '../errors';
import { createPlayback } from './playback';

/**
 * The URL under which Twilio can play a prompt, in place of a presigned URL. Other projects copy this
 * function from `.twilioserverless/lib/prompt-url.js`.
 *
 *     const gather = response.gather({ numDigits: 1, action: '/pressed' });
 *     promptUrl(context, 'prompts/menu.mp3')
 *       .then((url) => gather.play(url), () => gather.say('For opening hours, press 1.'))
 *       .then(() => callback(null, response));
 *
 * @param context the first argument of a Twilio Function
 * @param key the object's S3 key, whole
 * @returns its Asset's URL, or the proxy's, good for at least four hours; nothing that Twilio
 * appends to it changes its response
 * @throws {ConfigError} when the deployment's domain is not known
 * @throws {PlayError} when neither can play it, so that its text has to be said
 */
export async function promptUrl(
  context: Readonly<Record<string, unknown>>,
  key: string,
): Promise<string> {
  const playable = createPlayback(readCallConfig(context), new Date())(key);
  if (playable.via !== 'say') return playable.url;
  throw new PlayError(
    `${JSON.stringify(key)} cannot be played, so say its text: ${playable.reason}`,
  );
}
