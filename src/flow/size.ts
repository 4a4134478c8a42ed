import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import type { Place } from './places';
import type { Prompt } from './schema';
import { type Flow, stepAt } from './steps';

/** Of a verb and the URL of its action, state included, generously. */
const VERB_BYTES = 1500;
/** Of a medium's URL beside its key: host, expiry, signature and state, generously. */
const URL_BYTES = 1000;

/**
 * The most bytes that the TwiML from a place on can have, whatever rung each prompt is on and
 * whatever the hour.
 */
export function mostBytes(flow: Flow, at: Place): number {
  const step = stepAt(flow, at);
  const own = 'prompt' in step && step.prompt ? promptBytes(step.prompt) : 0;
  switch (step.kind) {
    case 'say':
    case 'fresh':
      return own + mostBytes(flow, step.next);
    case 'again': {
      const question = stepAt(flow, step.question);
      const otherwise = question.kind === 'ask' ? mostBytes(flow, question.otherwise) : 0;
      return own + Math.max(mostBytes(flow, step.question), otherwise);
    }
    case 'hours':
      return Math.max(mostBytes(flow, step.open), mostBytes(flow, step.closed));
    default:
      return own + VERB_BYTES;
  }
}

function promptBytes({ key, text }: Prompt): number {
  const response = new VoiceResponse();
  response.say({ language: 'en-US', voice: 'woman' }, text);
  const played = key === undefined ? 0 : encodeURIComponent(key).length + URL_BYTES;
  return Math.max(Buffer.byteLength(response.toString()), played);
}
