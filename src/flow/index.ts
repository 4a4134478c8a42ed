import { publicOriginOf, readConfig } from '../config';
import { createPlayback } from '../playback';
import { type Answer, type Call, defineFunction } from '../runtime';
import { loadCallFlow } from './load';
import type { Menu } from './schema';
import { apologise, type Speaker } from './twiml';

export { answer, greet } from './twiml';

/**
 * Makes a voice webhook of `twiml`. Whatever goes wrong, the caller hears valid TwiML: Twilio would
 * read an error page to nobody and end the call.
 */
export function defineVoiceFunction(
  name: string,
  twiml: (menu: Menu, speaker: Speaker, event: Call['event']) => string,
) {
  return defineFunction(
    name,
    async ({ context, event }) => {
      const config = readConfig(context);
      const origin = publicOriginOf(config);
      const speaker = {
        playback: createPlayback(config, new Date()),
        urlOf: (path: string) => origin + path,
      };
      return xml(twiml(loadCallFlow().menu, speaker, event));
    },
    () => xml(apologise()),
  );
}

function xml(body: string): Answer {
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body };
}
