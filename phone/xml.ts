import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as v from 'valibot';
import { TwilioError } from './errors';

/** An element as it stands in the document, its content in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (XmlElement | string)[];
}

const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';

// Entities are decoded here: the parser knows no numeric ones unless it accepts all of HTML's.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: TEXT,
  cdataPropName: CDATA,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
});

const Content = v.array(v.record(v.string(), v.unknown()));
const Attributes = v.optional(v.record(v.string(), v.string()), {});
const CharacterData = v.tuple([v.object({ [TEXT]: v.string() })]);

const ILLEGAL_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const COMMENT_OR_CDATA = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g;
const DECLARATION =
  /^<\?xml\s+version\s*=\s*(["'])1\.\d+\1(\s+encoding\s*=\s*(["'])[Uu][Tt][Ff]-8\3)?(\s+standalone\s*=\s*(["'])(yes|no)\5)?\s*\?>/;

/**
 * Reads a well-formed XML document's one root element. Document types and processing instructions
 * are refused, as TwiML has no use for them.
 * @throws TwilioError 12100, https://www.twilio.com/docs/api/errors/12100
 */
export function readXml(document: Uint8Array): XmlElement {
  const xml = decodeUtf8(document);
  refuseWhatTheParserForgives(xml);
  const verdict = XMLValidator.validate(xml);
  if (verdict !== true) {
    throw malformed(`${verdict.err.msg} (line ${verdict.err.line})`);
  }
  const roots = readContent(parse(xml)).filter((piece) => typeof piece !== 'string');
  const [root] = roots;
  if (!root || roots.length > 1) throw malformed(`there are ${roots.length} root elements`);
  return root;
}

function decodeUtf8(document: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(document);
  } catch (cause) {
    throw malformed('it is not UTF-8', cause);
  }
}

function refuseWhatTheParserForgives(xml: string): void {
  if (ILLEGAL_CHARACTER.test(xml)) throw malformed('it has a control character');
  const markup = xml.replace(COMMENT_OR_CDATA, '').replace(DECLARATION, '');
  if (markup.includes('<!')) throw malformed('it has a document type, or a comment left open');
  if (markup.includes('<?'))
    throw malformed('it has a processing instruction, or an odd declaration');
  if (!markup.trimEnd().endsWith('>')) throw malformed('it has text after its root element');
}

function parse(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function readContent(parsed: unknown): (XmlElement | string)[] {
  return v.parse(Content, parsed).map((piece) => {
    const [name] = Object.keys(piece).filter((key) => key !== ATTRIBUTES);
    if (name === undefined) throw malformed('it has an element with a reserved name');
    if (name === TEXT) return decodeText(v.parse(v.string(), piece[name]));
    if (name === CDATA) return v.parse(CharacterData, piece[name])[0][TEXT];
    const attributes = Object.entries(v.parse(Attributes, piece[ATTRIBUTES]));
    return {
      name,
      attributes: Object.fromEntries(attributes.map(([key, value]) => [key, decodeValue(value)])),
      content: readContent(piece[name]),
    };
  });
}

function decodeText(text: string): string {
  if (text.includes(']]>')) throw malformed('it has ]]> outside of CDATA');
  return decodeEntities(text);
}

/** White space in an attribute is a blank: https://www.w3.org/TR/xml/#AVNormalize */
function decodeValue(value: string): string {
  if (value.includes('<')) throw malformed('it has < in an attribute');
  return decodeEntities(value.replace(/[\t\n\r]/g, ' '));
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|[a-z]+)?(;?)/g, (reference, name = '', end) => {
    const character = name.startsWith('#') ? numbered(name) : NAMED[name];
    if (!end || character === undefined) throw malformed(`it has ${reference}, not an entity`);
    return character;
  });
}

function numbered(name: string): string | undefined {
  const codePoint = name.startsWith('#x')
    ? Number.parseInt(name.slice(2), 16)
    : Number.parseInt(name.slice(1), 10);
  if (codePoint > 0x10ffff) return undefined;
  const character = String.fromCodePoint(codePoint);
  return ILLEGAL_CHARACTER.test(character) ? undefined : character;
}

function malformed(reason: string, cause?: unknown): TwilioError {
  return new TwilioError(12100, `Document parse failure: ${reason}`, { cause });
}
