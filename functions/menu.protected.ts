import { defineVoiceFunction } from '../src/flow';
import { answered } from '../src/flow/advance';
import { readState } from '../src/flow/state';

/** The action of all that waits for the caller: <Gather>, <Dial>, <Record>, and what silence leads to. */
export const handler = defineVoiceFunction('menu', (flow, event, input) =>
  answered(flow, readState(flow, event), input),
);
