import { readTwiml, type TwimlNode } from '../../../phone';
import { answered } from '../../../src/call-flow/advance';
import { readInput } from '../../../src/call-flow/input';
import { recover } from '../../../src/call-flow/recover';
import { BEGINNING, readState } from '../../../src/call-flow/state';
import type { Flow } from '../../../src/call-flow/steps';
import { type Line, twiml } from '../../../src/call-flow/twiml';

/** What may happen while a document is performed. */
export type Event =
  | { readonly happens: 'keys'; readonly digits: string }
  | { readonly happens: 'silence' }
  /** The caller leaves a message where one is recorded, and is silent elsewhere. */
  | { readonly happens: 'message' }
  | { readonly happens: 'dial ends'; readonly status: string }
  /** The medium of so manieth <Play>, counted round, is not there. */
  | { readonly happens: 'medium fails'; readonly which: number }
  /** The webhook that would have been asked next is not there; what was pressed may be lost. */
  | { readonly happens: 'webhook fails'; readonly digits: string | undefined };

/** The three webhooks as functions of their parameters. */
function webhooks(flow: Flow, line: Line) {
  return {
    voice: () => twiml(flow, BEGINNING, line),
    menu: (parameters: Record<string, string>) =>
      twiml(flow, answered(flow, readState(flow, parameters), readInput(parameters)), line),
    fallback: (ErrorUrl: string, parameters: Record<string, string>) =>
      twiml(flow, recover(flow, ErrorUrl, readInput(parameters)), line),
  };
}

/**
 * A call by someone who knows nothing but the TwiML: yields each document, strictly read, and
 * asks for what happens then. It goes by the URLs alone, as Twilio does.
 */
export function* hear(flow: Flow, line: Line): Generator<readonly TwimlNode[], void, Event> {
  const { voice, menu, fallback } = webhooks(flow, line);
  for (let document = voice(); ; ) {
    const verbs = readTwiml(document);
    for (const url of verbs.flatMap(urlsOf)) checkUrl(flow, url);
    const event = yield verbs;
    const media = verbs.flatMap(mediaOf);
    const waiting = verbs.find((verb) => waitsFor(event, verb));
    const action = waiting?.attributes.action;
    const medium = event.happens === 'medium fails' ? media[event.which % media.length] : undefined;
    if (medium !== undefined) {
      // Twilio may have appended its own parameters to what it names.
      document = fallback(`${medium}&CallSid=CA0&To=%2B81`, {});
    } else if (action === undefined) {
      return;
    } else if (event.happens === 'webhook fails') {
      document = fallback(action, event.digits === undefined ? {} : { Digits: event.digits });
    } else {
      document = menu({ ...parametersOf(action), ...done(event, waiting?.name) });
    }
  }
}

/** An empty message keeps Twilio from the action: it goes on with the next verb. */
function waitsFor({ happens }: Event, { name, attributes }: TwimlNode): boolean {
  const isPassed = name === 'Record' && (happens === 'keys' || happens === 'silence');
  return attributes.action !== undefined && !isPassed;
}

function done(event: Event, verb: string | undefined): Record<string, string> {
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

/** Absolute, of characters that need no encoding any more, and encoded once. */
function checkUrl({ steps }: Flow, url: string): void {
  if (!/^https:\/\/[\x21-\x7e]+$/.test(url)) throw new Error(`${url} is not absolute and encoded`);
  const at = new URL(url).searchParams.get('at') ?? '';
  if (!steps.has(at)) throw new Error(`${url} names no place of the flow`);
}

const parametersOf = (url: string): Record<string, string> =>
  Object.fromEntries(new URL(url).searchParams);
