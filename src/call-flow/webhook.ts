import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { readCallConfig, readOperatorNumber } from '../config';
import { messageOf } from '../errors';
import { RING_SECONDS } from '../limits';
import { createPlayback, type Playback } from '../playback';
import { defineFunction, type FunctionRequest, type FunctionResponse, log } from '../runtime';
import { type Input, readInput } from './input';
import { loadFlow } from './load';
import type { CallState } from './state';
import type { Flow } from './steps';
import { twiml } from './twiml';

/** Reads from a request where its call goes on. */
type NextState = (flow: Flow, event: FunctionRequest['event'], input: Input) => CallState;

/**
 * Makes a voice webhook. It answers valid TwiML whatever goes wrong: after an error page Twilio
 * would end the call.
 */
export function defineVoiceFunction(name: string, nextState: NextState) {
  return defineFunction(
    name,
    async ({ context, event }) => {
      const input = readInput(event);
      try {
        return xml(answerCall(name, { context, event }, input, nextState));
      } catch (thrown) {
        log('error', { function: name, message: messageOf(thrown) });
        return xml(apologize(readOperatorNumber(context), input.substituteCallerId));
      }
    },
    () => xml(apologize()),
  );
}

function answerCall(
  name: string,
  { context, event }: Pick<FunctionRequest, 'context' | 'event'>,
  input: Input,
  nextState: NextState,
): string {
  const flow = loadFlow();
  const config = readCallConfig(context);
  const now = new Date();
  const playback = createPlayback(config, now);
  if ('problem' in config.proxy) {
    log('warn', { function: name, event: 'no audio proxy', message: config.proxy.problem });
  }
  return twiml(flow, nextState(flow, event, input), {
    playback: 'problem' in config.proxy ? playback : logSaid(name, playback),
    actionUrl: `${config.publicOrigin}/menu`,
    substituteCallerId: input.substituteCallerId,
    now,
  });
}

/** Logs why a prompt with a recording is said. A failure earlier in the call is logged already. */
function logSaid(name: string, playback: Playback): Playback {
  return (key, level) => {
    const playable = playback(key, level);
    if (playable.via === 'say' && level !== 2) {
      log('warn', { function: name, event: 'prompt said', key, message: playable.reason });
    }
    return playable;
  };
}

function xml(body: string): FunctionResponse {
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body };
}

/** TwiML for a caller to whom the flow cannot be played: apologizes, and dials the operator if there is one. */
function apologize(operator?: string, callerId?: string): string {
  const response = new VoiceResponse();
  if (operator === undefined) {
    response.say(
      'We are sorry. This line cannot take your call at the moment. Please try again later.',
    );
  } else {
    response.say('We are sorry, our menu is not available. Please hold for an operator.');
    response.dial({ timeout: RING_SECONDS, ...(callerId && { callerId }) }).number(operator);
    response.say('Thank you for calling. Goodbye.');
  }
  response.hangup();
  return response.toString();
}
