/**
 * The entity tag in an ETag header, as HTTP writes it. Some servers leave out the quotes.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
 *
 * @returns undefined for what no client could send back
 */
export function entityTagOf(header: string | undefined): string | undefined {
  const [, tag = '', bare = ''] = /^((?:W\/)?"[!#-~]*")$|^([!#-~]+)$/.exec(header ?? '') ?? [];
  return tag || (bare && `"${bare}"`) || undefined;
}

/** Without the mark of a weak one, as If-None-Match compares them. */
export function opaqueTagOf(tag: string): string {
  return tag.replace(/^W\//, '');
}

/**
 * Whether an If-None-Match header names an entity tag. Weak tags compare like strong ones.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2
 */
export function matchesEntityTag(ifNoneMatch: string, tag: string | undefined): boolean {
  if (ifNoneMatch === '*') return true;
  const tags: readonly string[] = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return tag !== undefined && tags.includes(opaqueTagOf(tag));
}
