import { recover } from '../src/call-flow/advance';
import { defineVoiceFunction } from '../src/call-flow/webhook';
import { log } from '../src/runtime';

/** A phone number's fallback URL: the same call goes on, on a higher fallback level. */
export const handler = defineVoiceFunction('fallback', (flow, event, input) => {
  const { ErrorCode, ErrorUrl } = event;
  const state = recover(flow, ErrorUrl, input);
  const errorCode = typeof ErrorCode === 'string' ? ErrorCode.slice(0, 10) : undefined;
  log('warn', { function: 'fallback', errorCode, goesOnAt: state.at });
  return state;
});
