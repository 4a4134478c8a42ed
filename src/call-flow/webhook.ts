import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { readCallConfig, readOperatorNumber } from '../config';
import { messageOf } from '../errors';
import { RING_SECONDS } from '../limits';
import { callSidOf, log } from '../log';
import { createPlayback } from '../playback';
import { defineFunction, type FunctionRequest, type FunctionResponse } from '../runtime';
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
        const callSid = callSidOf(event);
        log('error', 'apology-said', { function: name, callSid, message: messageOf(thrown) });
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
  const callSid = callSidOf(event);
  const problem = 'problem' in config.proxy ? config.proxy.problem : undefined;
  if (problem !== undefined) {
    log('warn', 'no-audio-proxy', { function: name, callSid, message: problem });
  }
  const state = nextState(flow, event, input);
  const prompts: string[] = [];
  const document = twiml(flow, state, {
    playback: createPlayback(config, now),
    actionUrl: `${config.publicOrigin}/menu`,
    substituteCallerId: input.substituteCallerId,
    now,
    onPrompt({ key }, playable, { at, level }) {
      prompts.push(`${playable.via} ${key ?? at}`);
      // A failure earlier in the call is logged already, and so is what closes the proxy.
      const isNews = key !== undefined && level !== 2 && problem === undefined;
      if (playable.via !== 'say' || !isNews) return;
      log('warn', 'prompt-said', { function: name, callSid, key, message: playable.reason });
    },
  });
  const { at, level: fallbackLevel } = state;
  log('info', 'webhook-answered', { function: name, callSid, at, fallbackLevel, prompts });
  return document;
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
