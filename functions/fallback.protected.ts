import { defineVoiceFunction } from '../src/call-flow';
import { recover } from '../src/call-flow/recover';
import { log } from '../src/runtime';

/** A phone number's fallback URL: the same call, one rung down the ladder. */
export const handler = defineVoiceFunction('fallback', (flow, event, input) => {
  const { ErrorCode, ErrorUrl } = event;
  const state = recover(flow, ErrorUrl, input);
  const errorCode = typeof ErrorCode === 'string' ? ErrorCode.slice(0, 10) : undefined;
  log('warn', { function: 'fallback', errorCode, goesOnAt: state.at });
  return state;
});
