import picomatch from 'picomatch';

/**
 * Selects the keys that one of `include` matches (all, if there is none) and none of `exclude`. Globs
 * match the key without the prefix.
 *
 * https://github.com/micromatch/picomatch#globbing-features
 */
export function selection(
  prefix: string,
  include: readonly string[],
  exclude: readonly string[],
): (key: string) => boolean {
  // A key may hold line breaks, which a dot matches with this flag only.
  const matches = (globs: readonly string[]) => picomatch([...globs], { dot: true, flags: 's' });
  const included = include.length === 0 ? () => true : matches(include);
  const excluded = exclude.length === 0 ? () => false : matches(exclude);
  return (key) => {
    const name = key.slice(prefix.length);
    return included(name) && !excluded(name);
  };
}

/**
 * The S3 keys that a call flow's JSON names. A flow that cannot be read names none: it must not stop
 * the sync, which helps the calls that still work.
 */
export function keysNamedBy(flow: string): ReadonlySet<string> {
  const keys = new Set<string>();
  try {
    JSON.parse(flow, (name, value: unknown) => {
      if (name === 'key' && typeof value === 'string') keys.add(value);
      return value;
    });
  } catch {
    return new Set();
  }
  return keys;
}
