import { defineVoiceFunction } from '../src/call-flow';
import { answered } from '../src/call-flow/advance';
import { readState } from '../src/call-flow/state';

/** The action of all that waits for the caller: <Gather>, <Dial>, <Record>, and what silence leads to. */
export const handler = defineVoiceFunction('menu', (flow, event, input) =>
  answered(flow, readState(flow, event), input),
);
