import { PlayError } from '../errors';

/** A listing looks wrong: nothing was changed, and force is wanted. */
export class GuardError extends PlayError {}

/**
 * Stops a run whose listing looks wrong: a wrong prefix or a lost permission must not take the
 * prompts away from callers. Replaced content is no loss; only keys count.
 *
 * @param known keys that are Assets now
 * @param listed keys that S3 has now
 * @param maxDelete the largest share of known keys that may vanish, 0 to 1
 * @returns why the run must stop
 */
export function guardOf(
  known: readonly string[],
  listed: ReadonlySet<string>,
  maxDelete: number,
): string | undefined {
  if (listed.size === 0) {
    return `S3 lists no object, and ${known.length} prompts are live. Check bucket and prefix, or force the sync.`;
  }
  const vanished = known.filter((key) => !listed.has(key)).length;
  if (vanished <= known.length * maxDelete) return undefined;
  const allowed = Math.round(maxDelete * 100);
  return `${vanished} of ${known.length} prompts vanished from S3, more than ${allowed} %. Check the bucket, or force the sync.`;
}
