import { TWIML_BYTES } from '../src/limits';
import { CallError } from './events';
import { readXml, type XmlElement, XmlError } from './xml';

/** A verb or noun of TwiML that passed the rules. */
export interface TwimlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text and that of the elements in it, trimmed; empty where TwiML has no text. */
  readonly text: string;
  readonly children: readonly TwimlNode[];
}

/**
 * Reads a voice TwiML document. It is stricter than Twilio, which only warns of much of it: an element,
 * attribute, value or nesting that the phone does not know is an error, so that a mistake shows before
 * a call.
 *
 * @returns the verbs of `<Response>`, in order
 * @throws {CallError} 11750 (too large), 12100 (not XML, or no `<Response>`) or 12200 (not TwiML,
 * https://www.twilio.com/docs/api/errors/12200)
 */
export function readTwiml(document: string | Uint8Array): readonly TwimlNode[] {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  if (bytes.byteLength > TWIML_BYTES) {
    const size = `${bytes.byteLength} bytes of at most ${TWIML_BYTES}`;
    throw new CallError(11750, `TwiML response body too large: ${size}`);
  }
  const root = readDocument(bytes);
  if (root.name !== 'Response') {
    const message = `Document parse failure: the root element is <${root.name}>, not <Response>`;
    throw new CallError(12100, message);
  }
  return readElement(root, ruleOf(root.name)).node.children;
}

/** Whether an attribute's value is allowed. */
type Check = (value: string) => boolean;

/** What one element may hold. */
interface ElementRule {
  readonly attributes: Readonly<Record<string, Check>>;
  readonly children: readonly string[];
  readonly text: boolean;
}

const anything: Check = () => true;
const matching =
  (pattern: RegExp): Check =>
  (value) =>
    pattern.test(value);
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value);
const count = matching(/^\d{1,9}$/);
const positive = matching(/^[1-9]\d{0,8}$/);
const method = oneOf('GET', 'POST');

/**
 * The part of TwiML that the phone knows: what the call flow and live-check write, and the common verbs
 * of a user's own Functions. Attributes are those of the `twilio` library's types; values are those of
 * each verb's page under https://www.twilio.com/docs/voice/twiml
 */
export const RULES: Readonly<Record<string, ElementRule>> = {
  Response: {
    attributes: {},
    children: ['Play', 'Say', 'Gather', 'Pause', 'Redirect', 'Hangup', 'Reject', 'Dial', 'Record'],
    text: false,
  },
  Play: { attributes: { loop: count }, children: [], text: true },
  Say: {
    attributes: { language: anything, loop: count, voice: anything },
    children: [],
    text: true,
  },
  Pause: { attributes: { length: positive }, children: [], text: false },
  Redirect: { attributes: { method }, children: [], text: true },
  Hangup: { attributes: {}, children: [], text: false },
  Reject: { attributes: { reason: oneOf('rejected', 'busy') }, children: [], text: false },
  Gather: {
    attributes: {
      action: anything,
      actionOnEmptyResult: oneOf('true', 'false'),
      finishOnKey: matching(/^[0-9#*]?$/),
      input: oneOf('dtmf', 'speech', 'dtmf speech', 'speech dtmf'),
      method,
      numDigits: positive,
      timeout: count,
    },
    children: ['Play', 'Say', 'Pause'],
    text: false,
  },
  Dial: {
    attributes: { action: anything, callerId: anything, method, timeout: positive },
    children: ['Number', 'Sip'],
    text: true,
  },
  Number: { attributes: {}, children: [], text: true },
  Sip: { attributes: {}, children: [], text: true },
  Record: {
    attributes: {
      action: anything,
      finishOnKey: matching(/^[0-9#*]*$/),
      maxLength: positive,
      method,
      timeout: count,
    },
    children: [],
    text: false,
  },
};

function readDocument(bytes: Uint8Array): XmlElement {
  try {
    return readXml(bytes);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new CallError(12100, `Document parse failure: ${cause.message}`, { cause });
  }
}

function ruleOf(name: string): ElementRule {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (!rule) throw invalid(`the phone does not know <${name}>`);
  return rule;
}

function readElement(element: XmlElement, rule: ElementRule): { node: TwimlNode; text: string } {
  const { name, attributes, content } = element;
  checkAttributes(element, rule);
  const children: TwimlNode[] = [];
  let text = '';
  for (const piece of content) {
    if (typeof piece === 'string') {
      if (!rule.text && piece.trim() !== '') throw invalid(`<${name}> cannot hold text`);
      text += piece;
    } else {
      const childRule = ruleOf(piece.name);
      if (!rule.children.includes(piece.name)) {
        throw invalid(`<${piece.name}> cannot stand in <${name}>`);
      }
      const child = readElement(piece, childRule);
      children.push(child.node);
      text += child.text;
    }
  }
  return { node: { name, attributes, text: rule.text ? text.trim() : '', children }, text };
}

function checkAttributes({ name, attributes }: XmlElement, rule: ElementRule): void {
  for (const [attribute, value] of Object.entries(attributes)) {
    const isAllowed = Object.hasOwn(rule.attributes, attribute) && rule.attributes[attribute];
    if (!isAllowed)
      throw invalid(`the phone does not know the attribute '${attribute}' of <${name}>`);
    if (!isAllowed(value)) {
      throw invalid(`<${name} ${attribute}> cannot be '${value.slice(0, 100)}'`);
    }
  }
}

function invalid(reason: string): CallError {
  return new CallError(12200, `Schema validation: ${reason}`);
}
