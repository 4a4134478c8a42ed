export { call, playTwiml } from './call';
export { TooManyStepsError, TwilioError } from './errors';
export { MAX_TWIML_BYTES, readTwiml, type TwimlNode } from './twiml';
export type {
  AppendMode,
  CallOptions,
  CallSummary,
  MediaStep,
  PhoneOptions,
  Step,
  VerbStep,
  WebhookStep,
} from './types';
