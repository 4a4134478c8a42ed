/*
 * Writes the XML of TwiML in place of `xmlbuilder`: scripts/build.ts puts it under Twilio's
 * VoiceResponse. xmlbuilder was 59 of the 107 kB of a voice Function, and VoiceResponse makes a
 * document of it for each verb: the first answer of /voice takes 24 ms in place of 37, or 18 of 30 where
 * all prompts are Assets. A property test compares the two: this writes the same bytes for whatever
 * VoiceResponse calls, and throws where xmlbuilder throws.
 */

type Attributes = Readonly<Record<string, unknown>>;

/** An element of a document. Its methods have xmlbuilder's names. */
export class XmlElement {
  readonly #document: XmlDocument;
  readonly #tag: string;
  readonly #attributes: string;
  readonly #children: (XmlElement | string)[] = [];

  constructor(document: XmlDocument, tag: string, attributes: Attributes = {}) {
    this.#document = document;
    this.#tag = checkName(tag);
    this.#attributes = writeAttributes(attributes);
  }

  /** Adds an element, with a text if there is one. */
  ele(tag: string, attributes?: Attributes, text?: unknown): XmlElement {
    const child = new XmlElement(this.#document, tag, attributes);
    if (text !== undefined) child.txt(text);
    this.#children.push(child);
    return child;
  }

  /** Adds a text. */
  txt(text: unknown): this {
    this.#children.push(escapeText(String(text)));
    return this;
  }

  comment(text: unknown): this {
    this.#children.push(writeComment(text));
    return this;
  }

  /** Adds a comment before the root. */
  commentBefore(text: unknown): this {
    this.#document.before.push(writeComment(text));
    return this;
  }

  /** Adds a comment after the root. */
  commentAfter(text: unknown): this {
    this.#document.after.unshift(writeComment(text));
    return this;
  }

  /** Says that the document begins with a declaration. */
  dec(version: string, encoding: string): this {
    this.#document.declaration = `<?xml version="${version}" encoding="${encoding}"?>`;
    return this;
  }

  /** The whole document, whichever of its elements is asked. */
  end(): string {
    const { declaration, before, root, after } = this.#document;
    return [declaration, ...before, root?.toString(), ...after].join('');
  }

  toString(): string {
    const content = this.#children.join('');
    const opening = `<${this.#tag}${this.#attributes}`;
    return content === '' ? `${opening}/>` : `${opening}>${content}</${this.#tag}>`;
  }
}

interface XmlDocument {
  declaration: string;
  root: XmlElement | undefined;
  readonly before: string[];
  readonly after: string[];
}

/** Begins a document. Returns its root. */
function create(tag: string): XmlElement {
  const document: XmlDocument = { declaration: '', root: undefined, before: [], after: [] };
  document.root = new XmlElement(document, tag);
  return document.root;
}

/** As `xmlbuilder` exports it. */
export default { create };

function writeAttributes(attributes: Attributes): string {
  let written = '';
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    const text = Array.isArray(value) ? value.join(' ') : String(value);
    written += ` ${checkName(name)}="${escapeAttribute(text)}"`;
  }
  return written;
}

/** @throws {Error} for a name that is not in plain letters: Twilio's verbs and attributes are. */
function checkName(name: string): string {
  if (/^[A-Za-z_:][\w:.-]*$/.test(name)) return name;
  throw new Error(`${JSON.stringify(name)} cannot be a name in TwiML`);
}

function writeComment(text: unknown): string {
  const comment = checkCharacters(String(text));
  if (comment.includes('--')) throw new Error('A comment in TwiML cannot hold two hyphens');
  return `<!-- ${comment} -->`;
}

/**
 * @throws {Error} for what XML cannot hold: https://www.w3.org/TR/xml/#charsets
 */
function checkCharacters(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
  if (text.isWellFormed() && !/[\0-\x08\v\f\x0E-\x1F\uFFFE\uFFFF]/.test(text)) return text;
  throw new Error('TwiML cannot hold a control character or half of a surrogate pair');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
const escaped = (character: string): string => ESCAPES[character] ?? character;

function escapeText(text: string): string {
  return checkCharacters(text).replace(/[&<>\r]/g, escaped);
}

/** As Twilio's options for xmlbuilder have it, an attribute's characters are not checked. */
function escapeAttribute(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, escaped);
}
