import { SaxesParser } from 'saxes';

/** An element as it stands in the document, its content in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (XmlElement | string)[];
}

/** The document is not well-formed XML in UTF-8; the message says why. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** Whether a content type is that of TwiML, and of S3's errors. */
export function isXml(contentType = ''): boolean {
  return /^(text|application)\/xml\s*(;|$)/i.test(contentType);
}

/**
 * Reads an XML document and returns its root element. Document types, processing instructions and
 * encodings other than UTF-8 are refused, as TwiML does not need them.
 *
 * @throws {XmlError} if the document is not well-formed
 */
export function readXml(document: string | Uint8Array): XmlElement {
  const root: OpenElement = { name: '', attributes: {}, content: [] };
  const open = [root];
  const add = (piece: OpenElement | string): void => void open.at(-1)?.content.push(piece);

  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', ({ message }) => {
    throw new XmlError(message);
  });
  parser.on('xmldecl', ({ encoding = 'UTF-8' }) => {
    if (encoding.toUpperCase() !== 'UTF-8') parser.fail(`the encoding is ${encoding}, not UTF-8.`);
  });
  parser.on('doctype', () => void parser.fail('a document type is not allowed.'));
  parser.on('processinginstruction', ({ target }) => {
    parser.fail(`a processing instruction (${target}) is not allowed.`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name, attributes: { ...attributes }, content: [] };
    add(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', add);
  parser.on('cdata', add);
  parser.write(typeof document === 'string' ? document : decodeUtf8(document)).close();

  const [element] = root.content.filter((piece) => typeof piece !== 'string');
  if (!element) throw new XmlError('there is no root element');
  return element;
}

interface OpenElement extends XmlElement {
  readonly content: (OpenElement | string)[];
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new XmlError('it is not UTF-8', { cause });
  }
}
