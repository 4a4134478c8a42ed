import { readXml, type XmlElement, XmlError } from '../../phone/xml';

/** Reads a document; undefined for what is not well-formed XML. */
export function parseXml(document: string | Uint8Array): XmlElement | undefined {
  try {
    return readXml(document);
  } catch (thrown) {
    if (thrown instanceof XmlError) return undefined;
    throw thrown;
  }
}

/**
 * Writes an element, indented. One that holds text stays in one line, as blanks would become a part of
 * the text.
 */
export function formatXml(element: XmlElement, indent = ''): string {
  const { name, attributes, content } = element;
  const written = Object.entries(attributes).map(
    ([attribute, value]) => ` ${attribute}="${escapeText(value).replaceAll('"', '&quot;')}"`,
  );
  const tag = name + written.join('');
  const pieces = content.filter((piece) => typeof piece !== 'string' || piece.trim() !== '');
  if (pieces.length === 0 && content.join('').trim() === '') return `${indent}<${tag}/>`;
  const hasText = pieces.some((piece) => typeof piece === 'string');
  const inner = (hasText ? content : pieces).map((piece) => {
    if (typeof piece === 'string') return escapeText(piece);
    return hasText ? formatXml(piece) : `\n${formatXml(piece, `${indent}  `)}`;
  });
  return `${indent}<${tag}>${inner.join('')}${hasText ? '' : `\n${indent}`}</${name}>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The same element with other texts and attributes. */
export function mapTexts(
  element: XmlElement,
  change: (name: string, text: string) => string,
): XmlElement {
  const { name, attributes, content } = element;
  return {
    name,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([attribute, value]) => [attribute, change(attribute, value)]),
    ),
    content: content.map((piece) =>
      typeof piece === 'string' ? change(name, piece) : mapTexts(piece, change),
    ),
  };
}
