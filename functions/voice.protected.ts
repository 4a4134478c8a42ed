import { defineVoiceFunction } from '../src/flow';
import { BEGINNING } from '../src/flow/state';

/** A phone number's voice webhook. */
export const handler = defineVoiceFunction('voice', () => BEGINNING);
