import { readCallConfig, readOperatorNumber } from '../config';
import { messageOf } from '../errors';
import { createPlayback } from '../playback';
import { defineFunction, type FunctionRequest, type FunctionResponse, log } from '../runtime';
import { apologise } from './apology';
import { type Input, readInput } from './input';
import { loadFlow } from './load';
import type { State } from './state';
import type { Flow } from './steps';
import { twiml } from './twiml';

/** Where a call is once a request was understood. */
type NextState = (flow: Flow, event: FunctionRequest['event'], input: Input) => State;

/**
 * Makes a voice webhook. Whatever goes wrong, the caller hears valid TwiML: Twilio would read an
 * error page to nobody and end the call.
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
        return xml(apologise(readOperatorNumber(context), input.substituteCallerId));
      }
    },
    () => xml(apologise()),
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
  if ('problem' in config.proxy) {
    log('warn', { function: name, event: 'no audio proxy', message: config.proxy.problem });
  }
  const now = new Date();
  return twiml(flow, nextState(flow, event, input), {
    playback: createPlayback(config, now),
    actionUrl: `${config.publicOrigin}/menu`,
    substituteCallerId: input.substituteCallerId,
    now,
  });
}

function xml(body: string): FunctionResponse {
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body };
}
