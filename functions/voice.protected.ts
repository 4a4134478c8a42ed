import { defineVoiceFunction } from '../src/call-flow';
import { BEGINNING } from '../src/call-flow/state';

/** A phone number's voice webhook. */
export const handler = defineVoiceFunction('voice', () => BEGINNING);
