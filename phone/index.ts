export { call, playTwiml } from './call';
export { TooManyStepsError, TwilioError } from './errors';
export { sendRequest } from './request';
export { readTwiml, type TwimlNode } from './twiml';
export type {
  AppendMode,
  CallOptions,
  CallSummary,
  DialCallStatus,
  MediaStep,
  PhoneOptions,
  SendRequest,
  Step,
  VerbStep,
  WebhookStep,
} from './types';
