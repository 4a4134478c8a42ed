import { advance } from '../src/call-flow/advance';
import { readState } from '../src/call-flow/state';
import { defineVoiceFunction } from '../src/call-flow/webhook';

/** The action of all that waits for the caller: <Gather>, <Dial>, <Record>, and what silence leads to. */
export const handler = defineVoiceFunction('menu', (flow, event, input) =>
  advance(flow, readState(flow, event), input),
);
