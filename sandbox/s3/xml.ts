const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** S3 writes control characters as references, although XML 1.0 does not allow them. */
function escapeText(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold any character
    /[&<>"\u0000-\u0008\u000b-\u001f]/g,
    (character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`,
  );
}

function element(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  if (typeof value !== 'object' || value === null) {
    return `<${name}>${escapeText(String(value))}</${name}>`;
  }
  const { '@xmlns': xmlns, ...children } = Object(value);
  const inner = Object.entries(children).map(([child, content]) => element(child, content));
  const namespace = xmlns === undefined ? '' : ` xmlns="${escapeText(String(xmlns))}"`;
  return `<${name}${namespace}>${inner.join('')}</${name}>`;
}

/**
 * Writes a document from nested objects. An array repeats its element, `undefined` leaves an element
 * out, and `@xmlns` is an element's namespace.
 */
export function renderXml(document: object): string {
  const [[name, value] = ['', undefined]] = Object.entries(document);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value)}`;
}
