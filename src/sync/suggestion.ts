/**
 * The key of the bucket that a missing key was most likely meant to be: one that differs in its Unicode
 * normalisation, its prefix or a leading slash, its letter case, its ending, its folder, or in one or
 * two characters. The order of the keys does not matter.
 *
 * @param existingKeys those that the bucket has, with the prefix
 * @param prefix S3_PREFIX
 * @returns undefined when no key is alike
 */
export function suggestKey(
  missingKey: string,
  existingKeys: Iterable<string>,
  prefix: string,
): string | undefined {
  const missing = formsOf(missingKey, prefix);
  let best: { readonly key: string; readonly rank: number } | undefined;
  for (const key of existingKeys) {
    const rank = rankOf(missing, formsOf(key, prefix));
    if (rank === undefined || key === missingKey) continue;
    if (!best || rank < best.rank || (rank === best.rank && key < best.key)) best = { key, rank };
  }
  return best?.key;
}

/** The sentence for a suggested key. */
export function suggestionSentence(missingKey: string, suggestedKey: string): string {
  return missingKey.normalize() === suggestedKey.normalize()
    ? 'S3 has a key that differs in its Unicode normalisation only: it looks the same.'
    : `Did you mean ${suggestedKey}?`;
}

/** A key in forms that leave out more and more. */
function formsOf(key: string, prefix: string): readonly [string, string, string, string, string] {
  const normal = key.normalize();
  const name = withoutPrefix(normal, prefix.normalize());
  const lower = name.toLowerCase();
  const stem = lower.replace(/(?<=[^/])\.[^./]*$/, '');
  return [normal, name, lower, stem, stem.slice(stem.lastIndexOf('/') + 1)];
}

function withoutPrefix(key: string, prefix: string): string {
  const path = key.replace(/^\/+/, '');
  const start = prefix.replace(/^\/+/, '');
  return path.startsWith(start) ? path.slice(start.length).replace(/^\/+/, '') : path;
}

/** The lower, the more alike; undefined for keys that are not. */
function rankOf(
  missing: ReturnType<typeof formsOf>,
  existing: ReturnType<typeof formsOf>,
): number | undefined {
  const equal = missing.findIndex((form, index) => form === existing[index]);
  if (equal !== -1) return equal;
  const [, , lower, stem] = missing;
  // In a short name, two other characters make another name: 1.mp3 is not 2.mp3.
  const most = Math.min(2, Math.floor([...stem].length / 3));
  const distance = editDistance(lower, existing[2], most);
  return distance === undefined ? undefined : missing.length + distance;
}

/** The Levenshtein distance of two texts; undefined when it is more than `most`. */
function editDistance(a: string, b: string, most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  const room = Math.min(a.length, b.length) - start;
  while (end < room && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [from, to] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      const [above = 0, left = 0, across = 0] = [row[j], next[j - 1], row[j - 1]];
      next.push(Math.min(above + 1, left + 1, across + same));
    }
    if (Math.min(...next) > most) return undefined;
    row = next;
  }
  const distance = row.at(-1) ?? 0;
  return distance <= most ? distance : undefined;
}
