import { failedPathOf, recover } from '../src/call-flow/advance';
import { defineVoiceFunction } from '../src/call-flow/webhook';
import { callSidOf, log } from '../src/log';

/** A phone number's fallback URL: the same call goes on, on a higher fallback level. */
export const handler = defineVoiceFunction('fallback', (flow, event, input) => {
  const { ErrorCode, ErrorUrl } = event;
  const state = recover(flow, ErrorUrl, input);
  const errorCode = typeof ErrorCode === 'string' ? ErrorCode.slice(0, 10) : undefined;
  log('warn', 'fallback-asked', {
    function: 'fallback',
    callSid: callSidOf(event),
    errorCode,
    failed: failedPathOf(ErrorUrl),
    goesOnAt: state.at,
  });
  return state;
});
