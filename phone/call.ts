import { CALL_EVENTS } from '../src/limits';
import {
  type CallEvent,
  type CallSummary,
  type MediaEvent,
  TooManyEventsError,
  type VerbEvent,
  type WebhookVerb,
} from './events';
import { gatherDigits } from './keypad';
import { fetchMedia } from './media';
import type { Parameters } from './parameters';
import { type CallSession, openSession, type PhoneOptions } from './session';
import { readTwiml, type TwimlNode } from './twiml';
import { fetchTwiml, type TwimlDocument, type WebhookRequest } from './webhook';

export interface CallOptions extends PhoneOptions {
  /** The number's voice URL. */
  readonly voiceUrl: string;
}

/**
 * Calls a number as Twilio would: requests the voice URL, performs its TwiML, fetches the media,
 * presses the keys, and follows where that leads until the call ends. It stands still while an event is
 * looked at, so that a prompt can be played to its end; `return` hangs up.
 *
 * @throws {RangeError} for digits that are not on a keypad
 * @throws {TooManyEventsError} beyond `maxEvents`
 */
export function call(options: CallOptions): AsyncGenerator<CallEvent, CallSummary> {
  const session = openSession(options);
  const start = webhook('voice', options.voiceUrl, {});
  return summarize(session, converse(session, start), options.maxEvents);
}

/**
 * Performs a TwiML document that no webhook sent. Its URLs must be absolute.
 *
 * @throws {CallError} when it is not TwiML
 * @throws {RangeError} for digits that are not on a keypad
 * @throws {TooManyEventsError} beyond `maxEvents`
 */
export function playTwiml(
  twiml: string,
  options: PhoneOptions,
): AsyncGenerator<CallEvent, CallSummary> {
  const session = openSession(options);
  const document = { verbs: readTwiml(twiml), url: undefined };
  const conversation = async function* () {
    return yield* converse(session, yield* perform(session, document));
  };
  return summarize(session, conversation(), options.maxEvents);
}

/** Where a call goes after a document or a request. */
type Continuation =
  | { readonly kind: 'request'; readonly request: WebhookRequest }
  | { readonly kind: 'failed'; readonly errorCode: number; readonly errorUrl: string }
  | CallEnding;

interface CallEnding {
  readonly kind: 'ended';
  readonly ended: CallSummary['ended'];
  readonly errorCode?: number;
}

async function* converse(
  session: CallSession,
  start: Continuation,
): AsyncGenerator<CallEvent, CallEnding> {
  for (let next = start; ; ) {
    if (next.kind === 'ended') return next;
    if (next.kind === 'failed') {
      next = fallBack(session, next);
    } else {
      const { event, document } = await fetchTwiml(session, next.request);
      yield event;
      if (document) next = yield* perform(session, document);
      else next = failed(event.verb, event.url, event.errorCode);
    }
  }
}

/** If the fallback URL fails, too, Twilio apologizes and hangs up. */
function failed(verb: WebhookVerb, errorUrl: string, errorCode = 0): Continuation {
  return verb === 'fallback'
    ? { kind: 'ended', ended: 'application error', errorCode }
    : { kind: 'failed', errorCode, errorUrl };
}

/** https://www.twilio.com/docs/usage/security/availability-reliability#fallback-urls */
function fallBack(
  { fallbackUrl }: CallSession,
  { errorCode, errorUrl }: Extract<Continuation, { kind: 'failed' }>,
): Continuation {
  if (fallbackUrl === undefined) return { kind: 'ended', ended: 'application error', errorCode };
  return webhook('fallback', fallbackUrl, { ErrorCode: String(errorCode), ErrorUrl: errorUrl });
}

function webhook(verb: WebhookVerb, reference: string, parameters: Parameters): Continuation {
  const request = { verb, method: 'POST', reference, base: undefined, parameters } as const;
  return { kind: 'request', request };
}

/** Passes the events on, counts them, and sums the call up. */
async function* summarize(
  { call: { callSid } }: CallSession,
  conversation: AsyncGenerator<CallEvent, CallEnding>,
  maxEvents = CALL_EVENTS,
): AsyncGenerator<CallEvent, CallSummary> {
  const errorCodes: number[] = [];
  for (let count = 0; ; count += 1) {
    const { done, value } = await conversation.next();
    if (done) {
      const { ended, errorCode } = value;
      return { callSid, ended, errorCode, errorCodes };
    }
    if (count === maxEvents) throw new TooManyEventsError(maxEvents);
    if (value.kind !== 'verb' && value.errorCode !== undefined) errorCodes.push(value.errorCode);
    yield value;
  }
}

/** Performs a document's verbs in order until one of them leads elsewhere. */
async function* perform(
  session: CallSession,
  document: TwimlDocument,
): AsyncGenerator<CallEvent, Continuation> {
  for (const verb of document.verbs) {
    const next = yield* performVerb(session, verb, document);
    if (next) return next;
  }
  return { kind: 'ended', ended: 'end of TwiML' };
}

/** Returns where a verb leads; undefined for the next verb. */
type Performance = AsyncGenerator<CallEvent, Continuation | undefined>;

async function* performVerb(
  session: CallSession,
  verb: TwimlNode,
  document: TwimlDocument,
): Performance {
  switch (verb.name) {
    case 'Play':
      return yield* play(session, verb, 'Play', document);
    case 'Gather':
      return yield* gather(session, verb, document);
    case 'Redirect':
      yield noted(verb);
      return request('Redirect', verb.text, verb, document, {});
    case 'Dial':
      yield noted(verb);
      return afterDial(session, verb, document);
    case 'Hangup':
    case 'Reject':
      yield noted(verb);
      return { kind: 'ended', ended: verb.name };
    case 'Record':
      yield noted(verb);
      return afterRecord(session, verb, document);
    default:
      // Say and Pause.
      yield noted(verb);
      return undefined;
  }
}

async function* play(
  session: CallSession,
  node: TwimlNode,
  verb: MediaEvent['verb'],
  document: TwimlDocument,
): Performance {
  const event = await fetchMedia(session, node, verb, document.url);
  yield event;
  return event.errorCode !== undefined && session.fallbackOnMediaError
    ? { kind: 'failed', errorCode: event.errorCode, errorUrl: event.mediaUrl }
    : undefined;
}

async function* gather(
  session: CallSession,
  node: TwimlNode,
  document: TwimlDocument,
): Performance {
  session.keypad.listen(node);
  for (const nested of node.children) {
    if (session.keypad.interrupted()) break;
    if (nested.name === 'Play') {
      const next = yield* play(session, nested, 'Gather › Play', document);
      if (next) return next;
    } else {
      yield noted(nested, `Gather › ${nested.name}`);
    }
  }
  const digits = gatherDigits(await session.keypad.keys(node), node);
  yield { ...noted(node), digits };
  if (digits === '' && node.attributes.actionOnEmptyResult !== 'true') return undefined;
  return request('Gather action', node.attributes.action ?? '', node, document, { Digits: digits });
}

/**
 * The call is not made. With an action Twilio requests it to learn how to go on:
 * https://www.twilio.com/docs/voice/twiml/dial#action
 */
function afterDial(
  { dialCallStatus }: CallSession,
  node: TwimlNode,
  document: TwimlDocument,
): Continuation | undefined {
  const { action } = node.attributes;
  if (action === undefined) return undefined;
  return request('Dial action', action, node, document, { DialCallStatus: dialCallStatus });
}

/**
 * A silent caller leaves no recording, and Twilio goes on with the next verb:
 * https://www.twilio.com/docs/voice/twiml/record#action
 */
function afterRecord(
  { call: { accountSid, callSid }, messageSeconds }: CallSession,
  node: TwimlNode,
  document: TwimlDocument,
): Continuation | undefined {
  if (messageSeconds === 0) return undefined;
  const sid = `RE${callSid.slice(2)}`;
  const { action = '' } = node.attributes;
  return request('Record action', action, node, document, {
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`,
    RecordingSid: sid,
    RecordingDuration: String(messageSeconds),
  });
}

function request(
  verb: WebhookVerb,
  reference: string,
  { attributes }: TwimlNode,
  { url: base }: TwimlDocument,
  parameters: Parameters,
): Continuation {
  const method = attributes.method === 'GET' ? 'GET' : 'POST';
  return { kind: 'request', request: { verb, method, reference, base, parameters } };
}

function noted({ name, attributes, text }: TwimlNode, verb = name): VerbEvent {
  return { kind: 'verb', verb, attributes, text };
}
