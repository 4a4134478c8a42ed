import type { Manifest } from '../manifest';
import type { PromptObject } from '../s3/prompts';

/** What S3 lacks is said at once: the proxy would find nothing, and the caller might hear silence. */
export const MISSING = { etag: '', reason: 'missing', unplayable: true } as const;

/** Whether S3 has no such key; of one outside the prefix nothing is known. */
export function absentFrom(
  listing: readonly PromptObject[],
  prefix: string,
): (key: string) => boolean {
  const listed = new Set(listing.map(({ key }) => key));
  return (key) => key.startsWith(prefix) && !listed.has(key);
}

/** Keys that a sync has noted as missing. */
export function knownMissing({ refused }: Manifest): string[] {
  return [...refused].flatMap(([key, { reason }]) => (reason === MISSING.reason ? key : []));
}
