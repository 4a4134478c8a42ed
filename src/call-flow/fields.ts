import * as v from 'valibot';

/** An object that refuses unknown fields: an unknown one is most likely a misspelt one. */
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
export function whole(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(min, rule), v.maxValue(max, rule));
}

/** A schema with the sentence that an editor shows of it. */
export const described = <const Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
) => v.pipe(schema, v.description(description));
