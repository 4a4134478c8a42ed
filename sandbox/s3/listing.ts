/** What a listing was asked for; strings are plain, not encoded. */
export interface ListingRequest {
  readonly prefix: string;
  /** Empty: no grouping. */
  readonly delimiter: string;
  /** List what comes after this key, or after this common prefix and all that it stands for. */
  readonly after: string;
  /** Keys and common prefixes together. */
  readonly maxKeys: number;
}

export interface Page {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The last entry of this page, when more follow. */
  readonly next?: string;
}

/**
 * S3 lists in the order of UTF-8 bytes, which JavaScript's own order of UTF-16 units is not.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html
 */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The common prefix that stands for a key, if the delimiter occurs after the prefix. */
function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/**
 * One page of a listing.
 *
 * @param sortedKeys in the order of compareUtf8
 */
export function listPage(sortedKeys: readonly string[], request: ListingRequest): Page {
  const { prefix, delimiter, after, maxKeys } = request;
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last = after;
  for (const key of sortedKeys) {
    if (!key.startsWith(prefix) || compareUtf8(key, after) <= 0) continue;
    const group = commonPrefix(key, prefix, delimiter);
    if (group !== undefined && group === last) continue;
    if (keys.length + commonPrefixes.length === maxKeys) {
      return maxKeys === 0 ? { keys, commonPrefixes } : { keys, commonPrefixes, next: last };
    }
    if (group === undefined) keys.push(key);
    else commonPrefixes.push(group);
    last = group ?? key;
  }
  return { keys, commonPrefixes };
}
