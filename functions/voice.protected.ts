import { defineVoiceFunction, greet } from '../src/flow';

/** A phone number's voice webhook. */
export const handler = defineVoiceFunction('voice', greet);
