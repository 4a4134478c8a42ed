import { INITIAL_STATE } from '../src/call-flow/state';
import { defineVoiceFunction } from '../src/call-flow/webhook';

/** A phone number's voice webhook. */
export const handler = defineVoiceFunction('voice', () => INITIAL_STATE);
