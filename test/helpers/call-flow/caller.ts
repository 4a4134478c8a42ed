import { readTwiml, type TwimlNode } from '../../../phone';
import { advance, recover } from '../../../src/call-flow/advance';
import { readInput } from '../../../src/call-flow/input';
import { INITIAL_STATE, readState } from '../../../src/call-flow/state';
import type { Flow } from '../../../src/call-flow/steps';
import { type TwimlContext, twiml } from '../../../src/call-flow/twiml';

/** What may happen while a document is performed. */
export type CallerEvent =
  | { readonly happens: 'keys'; readonly digits: string }
  | { readonly happens: 'silence' }
  /** The caller leaves a message where one is recorded, and is silent elsewhere. */
  | { readonly happens: 'message' }
  | { readonly happens: 'dial ends'; readonly status: string }
  /** The medium of one <Play> is missing; `which` is its index, modulo their number. */
  | { readonly happens: 'medium fails'; readonly which: number }
  /** The next webhook fails; what was pressed may get lost. */
  | { readonly happens: 'webhook fails'; readonly digits: string | undefined };

/** The three webhooks as functions of their parameters. */
function webhooks(flow: Flow, context: TwimlContext) {
  return {
    voice: () => twiml(flow, INITIAL_STATE, context),
    menu: (parameters: Record<string, string>) =>
      twiml(flow, advance(flow, readState(flow, parameters), readInput(parameters)), context),
    fallback: (ErrorUrl: string, parameters: Record<string, string>) =>
      twiml(flow, recover(flow, ErrorUrl, readInput(parameters)), context),
  };
}

/** A document of a call that is performed. */
export interface PerformedDocument {
  /** Strictly read. */
  readonly verbs: readonly TwimlNode[];
  /** The document that follows this event; undefined when the call ends. */
  after(event: CallerEvent): PerformedDocument | undefined;
}

/** Begins a call that knows nothing but the TwiML and its URLs, as Twilio does. */
export function callFlow(flow: Flow, context: TwimlContext): PerformedDocument {
  const { voice, menu, fallback } = webhooks(flow, context);
  const perform = (document: string): PerformedDocument => {
    const verbs = readTwiml(document);
    for (const url of verbs.flatMap(urlsOf)) checkUrl(flow, url);
    return {
      verbs,
      after(event) {
        const next = nextDocument(event);
        return next === undefined ? undefined : perform(next);
      },
    };
    function nextDocument(event: CallerEvent): string | undefined {
      const media = verbs.flatMap(mediaOf);
      const waiting = verbs.find((verb) => waitsFor(event, verb));
      const action = waiting?.attributes.action;
      if (event.happens === 'medium fails') {
        const medium = media[event.which % media.length];
        // Twilio may have appended its own parameters to the URL that it names.
        if (medium !== undefined) return fallback(`${medium}&CallSid=CA0&To=%2B81`, {});
      }
      if (action === undefined) return undefined;
      if (event.happens === 'webhook fails') {
        return fallback(action, event.digits === undefined ? {} : { Digits: event.digits });
      }
      return menu({ ...parametersOf(action), ...parametersOfEvent(event, waiting?.name) });
    }
  };
  return perform(voice());
}

/** An empty message does not reach the action: Twilio goes on with the next verb. */
function waitsFor({ happens }: CallerEvent, { name, attributes }: TwimlNode): boolean {
  const isPassed = name === 'Record' && (happens === 'keys' || happens === 'silence');
  return attributes.action !== undefined && !isPassed;
}

function parametersOfEvent(event: CallerEvent, verb: string | undefined): Record<string, string> {
  if (verb === 'Gather' && event.happens === 'keys') return { Digits: event.digits };
  if (verb === 'Dial' && event.happens === 'dial ends') return { DialCallStatus: event.status };
  return {};
}

const mediaOf = ({ name, text, children }: TwimlNode): string[] =>
  name === 'Play' ? [text] : children.flatMap(mediaOf);

const urlsOf = (verb: TwimlNode): string[] => {
  const { name, attributes, text } = verb;
  const own = name === 'Play' || name === 'Redirect' ? [text] : [attributes.action ?? []].flat();
  return [...own, ...verb.children.flatMap(urlsOf)];
};

/** Absolute, encoded exactly once, and of a step of the flow. */
function checkUrl({ steps }: Flow, url: string): void {
  if (!/^https:\/\/[\x21-\x7e]+$/.test(url)) throw new Error(`${url} is not absolute and encoded`);
  const at = new URL(url).searchParams.get('at') ?? '';
  if (!steps.has(at)) throw new Error(`${url} names no step of the flow`);
}

const parametersOf = (url: string): Record<string, string> =>
  Object.fromEntries(new URL(url).searchParams);
