const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Control characters become references, as S3 writes them, though XML 1.0 has no place for them. */
function escapeText(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold any character
    /[&<>"\u0000-\u0008\u000b-\u001f]/g,
    (character) => escapes[character] ?? `&#${character.charCodeAt(0)};`,
  );
}

function attributes(group: unknown): string {
  return Object.entries(Object(group))
    .map(([name, value]) => ` ${name}="${escapeText(String(value))}"`)
    .join('');
}

function element(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  if (typeof value !== 'object' || value === null) {
    return `<${name}>${escapeText(String(value))}</${name}>`;
  }
  const inner = Object.entries(value)
    .filter(([child]) => child !== '@')
    .map(([child, content]) =>
      child === '#' ? escapeText(String(content)) : element(child, content),
    )
    .join('');
  return `<${name}${'@' in value ? attributes(value['@']) : ''}>${inner}</${name}>`;
}

/**
 * Writes a document from nested objects: an array repeats its element, `undefined` leaves one out,
 * `@` holds an element's attributes and `#` its text.
 */
export function renderXml(document: object): string {
  const [[name, value] = ['', undefined]] = Object.entries(document);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value)}`;
}
