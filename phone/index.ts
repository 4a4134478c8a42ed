export { type CallOptions, call, playTwiml } from './call';
export {
  CallError,
  type CallEvent,
  type CallSummary,
  type MediaEvent,
  TooManyEventsError,
  type VerbEvent,
  type WebhookEvent,
} from './events';
export { type LiveKeypad, liveKeypad } from './keypad';
export {
  type CreateConnection,
  type HttpRequest,
  type HttpResponse,
  sendRequest,
} from './request';
export type { AppendMode, DialCallStatus, PhoneOptions, SendRequest } from './session';
export { readTwiml, type TwimlNode } from './twiml';
