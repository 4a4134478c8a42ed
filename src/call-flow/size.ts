import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import type { Place } from './places';
import type { Prompt } from './schema';
import { longestQuery } from './state';
import { FAREWELL, type Flow, stepAt } from './steps';

/** Of the document, and of a verb with its names and numbers, generously. */
const DOCUMENT_BYTES = 100;
const VERB_BYTES = 300;
/** https:// and the longest name that a host may have. */
const ORIGIN_BYTES = 8 + 253;
/** https://www.twilio.com/docs/serverless/api/resource/asset-version */
const ASSET_PATH_BYTES = 255;
/** The proxy's path and parameters, without the key. */
const PROXY = `/audio?key=&exp=9999999999&sig=${'f'.repeat(64)}`;

/**
 * Tells the most bytes that the TwiML from a place of the flow on can have, whatever rung each
 * prompt is on, whatever has failed before and whatever the hour.
 */
export function sizesIn(flow: Flow): (at: Place) => number {
  const query = writtenBytes(`&${longestQuery(flow)}`);
  return (at) => DOCUMENT_BYTES + bytesFrom(flow, at, query);
}

/** @param query bytes of the state in each URL */
function bytesFrom(flow: Flow, at: Place, query: number): number {
  const step = stepAt(flow, at);
  const own = 'prompt' in step && step.prompt ? promptBytes(step.prompt, flow, query) : 0;
  const action = ORIGIN_BYTES + '/menu'.length + query;
  const from = (place: Place): number => bytesFrom(flow, place, query);
  switch (step.kind) {
    case 'say':
      return own + from(step.next);
    case 'fresh':
      return from(step.next);
    case 'again': {
      const question = stepAt(flow, step.question);
      const otherwise = question.kind === 'ask' ? from(question.otherwise) : 0;
      return Math.max(own + from(step.question), otherwise);
    }
    case 'ask':
      // Its action, and once more that for silence; or the call has asked enough.
      return Math.max(own + 2 * (VERB_BYTES + action), from(FAREWELL));
    case 'hours':
      return Math.max(from(step.open), from(step.closed));
    case 'dial':
      return own + VERB_BYTES + action + writtenBytes(step.number);
    case 'record':
      return own + VERB_BYTES + action + from(step.silence);
    case 'hangup':
      return own + VERB_BYTES;
  }
}

function promptBytes({ key, text, ...own }: Prompt, { speech }: Flow, query: number): number {
  const response = new VoiceResponse();
  const { language = speech.language, voice = speech.voice } = own;
  response.say({ ...(language && { language }), ...(voice && { voice }) }, text);
  const said = Buffer.byteLength(response.toString());
  if (key === undefined) return said;
  const path = Math.max(ASSET_PATH_BYTES, writtenBytes(PROXY + encodeURIComponent(key)));
  return Math.max(said, VERB_BYTES + ORIGIN_BYTES + path + query);
}

/** In XML an ampersand takes five bytes. */
const writtenBytes = (text: string): number => Buffer.byteLength(text.replaceAll('&', '&amp;'));
