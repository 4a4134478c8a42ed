/**
 * The URL in a text; undefined where there is none. Not by `URL.canParse`: in Node 20 and 22 it
 * refuses text with letters such as ü after some thousand calls, once V8 has optimised them.
 *
 * @param base what a relative reference is resolved against
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
