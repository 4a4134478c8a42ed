export const SECTIONS = ['prompts', 'sync', 'flow', 'live'] as const;
export type SectionId = (typeof SECTIONS)[number];

export interface Route {
  readonly section: SectionId;
  /** What the section shows first: a key, or a place of the call flow. */
  readonly item?: string;
}

/** Reads such as `#prompts`, or `#flow/menus.main`. Anything else is the first section. */
export function parseRoute(hash: string): Route {
  const [, name, item] = /^#([a-z]+)(?:\/(.+))?$/s.exec(hash) ?? [];
  const section = SECTIONS.find((id) => id === name);
  if (section === undefined) return { section: SECTIONS[0] };
  return item === undefined ? { section } : { section, item: decode(item) };
}

/** The address of a section, or of one of its items. */
export function routeTo(section: SectionId, item?: string): string {
  return item === undefined ? `#${section}` : `#${section}/${encodeURIComponent(item)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
