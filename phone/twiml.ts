import { TWIML_BYTES } from '../src/limits';
import { TwilioError } from './errors';
import { type ElementRule, RULES } from './twiml-rules';
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
 * Reads a voice TwiML document, and is stricter than Twilio, which only warns of much of it: an
 * unknown verb, attribute, value or nesting is an error, so that a mistake shows before a call.
 * @returns the verbs of `<Response>`, in order
 * @throws TwilioError 11750 (too large), 12100 (not XML, or no `<Response>`) or 12200 (not TwiML,
 * https://www.twilio.com/docs/api/errors/12200)
 */
export function readTwiml(document: string | Uint8Array): readonly TwimlNode[] {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  if (bytes.byteLength > TWIML_BYTES) {
    const size = `${bytes.byteLength} bytes of at most ${TWIML_BYTES}`;
    throw new TwilioError(11750, `TwiML response body too large: ${size}`);
  }
  const root = readDocument(bytes);
  const rule = ruleOf(root.name, ['Response']);
  if (!rule) {
    const message = `Document parse failure: the root element is <${root.name}>, not <Response>`;
    throw new TwilioError(12100, message);
  }
  return readElement(root, rule).node.children;
}

function readDocument(bytes: Uint8Array): XmlElement {
  try {
    return readXml(bytes);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new TwilioError(12100, `Document parse failure: ${cause.message}`, { cause });
  }
}

function readElement(element: XmlElement, rule: ElementRule): { node: TwimlNode; text: string } {
  checkAttributes(element, rule);
  const children: TwimlNode[] = [];
  let text = '';
  for (const piece of element.content) {
    if (typeof piece === 'string') {
      checkText(element.name, rule, piece);
      text += piece;
    } else {
      const childRule = ruleOf(piece.name, rule.children);
      if (!childRule) throw invalid(`<${piece.name}> cannot stand in <${element.name}>`);
      const child = readElement(piece, childRule);
      children.push(child.node);
      text += child.text;
    }
  }
  const { name, attributes } = element;
  return { node: { name, attributes, text: rule.text ? text.trim() : '', children }, text };
}

function ruleOf(name: string, allowed: readonly string[]): ElementRule | undefined {
  return allowed.includes(name) ? RULES[name] : undefined;
}

function checkAttributes({ name, attributes }: XmlElement, rule: ElementRule): void {
  for (const [attribute, value] of Object.entries(attributes)) {
    const isAllowed = Object.hasOwn(rule.attributes, attribute) && rule.attributes[attribute];
    if (!isAllowed) throw invalid(`<${name}> has no attribute '${attribute}'`);
    if (!isAllowed(value)) {
      throw invalid(`<${name} ${attribute}> cannot be '${value.slice(0, 100)}'`);
    }
  }
}

function checkText(name: string, rule: ElementRule, text: string): void {
  if (!rule.text && text.trim() !== '') throw invalid(`<${name}> cannot hold text`);
}

function invalid(reason: string): TwilioError {
  return new TwilioError(12200, `Schema validation: ${reason}`);
}
