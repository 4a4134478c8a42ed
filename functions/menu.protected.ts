import { advance } from '../src/call-flow/advance';
import { readState } from '../src/call-flow/state';
import { defineVoiceFunction } from '../src/call-flow/webhook';

/** The action URL of <Gather>, <Dial> and <Record>, and the <Redirect> after silence. */
export const handler = defineVoiceFunction('menu', (flow, event, input) =>
  advance(flow, readState(flow, event), input),
);
