import * as v from 'valibot';

/** An object whose fields are all known: an unknown one is most likely a misspelt one. */
export function strict<const Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  return v.strictObject(entries, ({ expected, received }) => {
    if (expected === 'never') return `is not a field; the fields are ${names}`;
    return received === 'undefined' ? 'must be there' : `must be an object with ${names}`;
  });
}

/** A text that is not empty. */
export const text = (allowed: string) =>
  v.pipe(v.string(`must be ${allowed}`), v.minLength(1, `must be ${allowed}`));

/** A text that matches a pattern. */
export const matching = (pattern: RegExp, allowed: string) =>
  v.pipe(v.string(`must be ${allowed}`), v.regex(pattern, `must be ${allowed}`));

/** A whole number between two bounds, both included. */
export function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
}
