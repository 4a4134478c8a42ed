import { gatherDigits } from './keypad';
import type { Line } from './line';
import { fetchMedia } from './media';
import type { Parameters } from './parameters';
import type { TwimlNode } from './twiml';
import type { CallSummary, MediaStep, Step, VerbStep, WebhookVerb } from './types';
import type { TwimlDocument, WebhookRequest } from './webhook';

/** Where a call goes after a document or a request. */
export type Outcome =
  | { readonly kind: 'request'; readonly request: WebhookRequest }
  | { readonly kind: 'failed'; readonly errorCode: number; readonly errorUrl: string }
  | Ending;

export interface Ending {
  readonly kind: 'ended';
  readonly ended: CallSummary['ended'];
  readonly errorCode?: number;
}

/** undefined: on to the next verb. */
type Performance = AsyncGenerator<Step, Outcome | undefined>;

/** Performs a document's verbs in order until one of them leads elsewhere. */
export async function* perform(line: Line, document: TwimlDocument): AsyncGenerator<Step, Outcome> {
  for (const verb of document.verbs) {
    const outcome = yield* performVerb(line, verb, document);
    if (outcome) return outcome;
  }
  return { kind: 'ended', ended: 'end of TwiML' };
}

async function* performVerb(line: Line, verb: TwimlNode, document: TwimlDocument): Performance {
  switch (verb.name) {
    case 'Play':
      return yield* play(line, verb, 'Play', document);
    case 'Gather':
      return yield* gather(line, verb, document);
    case 'Redirect':
      yield noted(verb);
      return request('Redirect', verb.text, verb, document, {});
    case 'Dial':
      yield noted(verb);
      return afterDial(line, verb, document);
    case 'Hangup':
    case 'Reject':
      yield noted(verb);
      return { kind: 'ended', ended: verb.name };
    case 'Record':
      yield noted(verb);
      return afterRecord(line, verb, document);
    default:
      // Say and Pause.
      yield noted(verb);
      return undefined;
  }
}

async function* play(
  line: Line,
  node: TwimlNode,
  verb: MediaStep['verb'],
  document: TwimlDocument,
): Performance {
  if (node.attributes.digits !== undefined) {
    yield noted(node, verb);
    return undefined;
  }
  const step = await fetchMedia(line, node, verb, document.url);
  yield step;
  return step.errorCode !== undefined && line.fallbackOnMediaError
    ? { kind: 'failed', errorCode: step.errorCode, errorUrl: step.mediaUrl }
    : undefined;
}

async function* gather(line: Line, node: TwimlNode, document: TwimlDocument): Performance {
  for (const nested of node.children) {
    if (nested.name === 'Play') {
      const outcome = yield* play(line, nested, 'Gather › Play', document);
      if (outcome) return outcome;
    } else {
      yield noted(nested, `Gather › ${nested.name}`);
    }
  }
  const digits = gatherDigits(line.digits.shift() ?? '', node);
  yield { ...noted(node), digits };
  if (digits === '' && node.attributes.actionOnEmptyResult !== 'true') return undefined;
  return request('Gather action', node.attributes.action ?? '', node, document, { Digits: digits });
}

/**
 * The call is not made. With an action Twilio asks there how to go on:
 * https://www.twilio.com/docs/voice/twiml/dial#action
 */
function afterDial(
  { dialCallStatus }: Line,
  node: TwimlNode,
  document: TwimlDocument,
): Outcome | undefined {
  const { action } = node.attributes;
  if (action === undefined) return undefined;
  return request('Dial action', action, node, document, { DialCallStatus: dialCallStatus });
}

/**
 * Of a caller who says nothing nothing is recorded, and Twilio goes on with the next verb:
 * https://www.twilio.com/docs/voice/twiml/record#action
 */
function afterRecord(
  { call, messageSeconds }: Line,
  node: TwimlNode,
  document: TwimlDocument,
): Outcome | undefined {
  if (messageSeconds === 0) return undefined;
  const sid = `RE${call.callSid.slice(2)}`;
  const { action = '' } = node.attributes;
  return request('Record action', action, node, document, {
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${call.accountSid}/Recordings/${sid}`,
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
): Outcome {
  const method = attributes.method === 'GET' ? 'GET' : 'POST';
  return { kind: 'request', request: { verb, method, reference, base, parameters } };
}

function noted({ name, attributes, text }: TwimlNode, verb = name): VerbStep {
  return { kind: 'verb', verb, attributes, text };
}
