import { PlayError } from '../errors';

/** A listing looks wrong: nothing was changed, and force is wanted. */
export class GuardError extends PlayError {}

/** What a guard compares: sets of keys. */
export interface Keys {
  /** Those that are Assets now. */
  readonly known: readonly string[];
  /** Those that S3 has now. */
  readonly listed: readonly string[];
  /** Whether a key is wanted: the globs. */
  readonly selects: (key: string) => boolean;
}

/**
 * Stops a run whose listing looks wrong: a wrong prefix, a wrong glob or a lost permission must not
 * take the prompts away from callers. Replaced content is no loss; only keys count.
 *
 * @param maxDelete the largest share of known keys that may vanish, 0 to 1
 * @returns why the run must stop
 */
export function guardOf({ known, listed, selects }: Keys, maxDelete: number): string | undefined {
  const atStake = known.length > 0 ? `, and ${known.length} prompts are live` : '';
  if (listed.length === 0) {
    return `S3 lists no object${atStake}. Check bucket and prefix, or force the sync.`;
  }
  if (!listed.some(selects)) {
    return `S3 lists ${listed.length} objects, and the globs select none of them${atStake}. Check SYNC_INCLUDE and SYNC_EXCLUDE (--include, --exclude): they match keys without the prefix. Or force the sync.`;
  }
  const present = new Set(listed);
  const vanished = known.filter((key) => !present.has(key)).length;
  const deselected = known.filter((key) => present.has(key) && !selects(key)).length;
  if (vanished + deselected <= known.length * maxDelete) return undefined;
  const losses = [
    vanished > 0 && `${vanished} of ${known.length} prompts vanished from S3`,
    deselected > 0 && `${deselected} of ${known.length} prompts are not selected by the globs`,
  ];
  const allowed = Math.round(maxDelete * 100);
  return `${losses.filter(Boolean).join(', and ')}: more than ${allowed} %. Check ${deselected > 0 ? 'the globs and ' : ''}the bucket, or force the sync.`;
}
