import { PlayError } from '../errors';
import { READ_PROBES } from '../limits';
import { type PromptBucket, type PromptObject, UnreadableObjectError } from '../s3/prompts';

/** A listing looks wrong: the run stops before it changes anything. `force` goes on all the same. */
export class GuardError extends PlayError {}

/** What a guard compares. */
export interface Keys {
  /** Those that are Assets now. */
  readonly known: readonly string[];
  /** Those that S3 has now. */
  readonly listed: ReadonlySet<string>;
  /** Whether the globs select a key. */
  readonly selects: (key: string) => boolean;
  readonly bucketName: string;
  /** What all listed keys begin with. */
  readonly prefix: string;
}

/** Why a run must stop, and what it would take away. */
export interface Guard {
  readonly sentence: string;
  /** How many of the known prompts would vanish if it was forced. */
  readonly vanishing: number;
  readonly known: number;
}

/**
 * Stops a run whose listing looks wrong: a wrong prefix, a wrong glob or a lost permission must not
 * take the prompts away from callers. Only keys count; replaced content is no loss.
 *
 * @param maxVanishedShare the largest share of known keys that may vanish, 0 to 1
 * @returns why the run must stop; undefined when it may go on
 */
export function guardOf(
  { known, listed, selects, bucketName, prefix }: Keys,
  maxVanishedShare: number,
): Guard | undefined {
  const variables = prefix === '' ? 'S3_BUCKET' : 'S3_BUCKET and S3_PREFIX';
  const place = prefix === '' ? `bucket ${bucketName}` : `bucket ${bucketName} under ${prefix}`;
  const inUse = known.length > 0 ? `, but ${known.length} prompts are in use` : '';
  const stop = (sentence: string, vanishing = known.length): Guard => ({
    sentence,
    vanishing,
    known: known.length,
  });
  if (listed.size === 0) {
    return stop(`S3 lists no object in ${place}${inUse}. Check ${variables}, or force the sync.`);
  }
  if (!some(listed, selects)) {
    return stop(
      `S3 lists ${listed.size} objects in ${place}, and the globs select none of them${inUse}. Check SYNC_INCLUDE and SYNC_EXCLUDE (--include, --exclude): they match keys without the prefix. Or force the sync.`,
    );
  }
  const vanished = known.filter((key) => !listed.has(key));
  const deselected = known.filter((key) => listed.has(key) && !selects(key));
  const vanishing = vanished.length + deselected.length;
  if (vanishing <= known.length * maxVanishedShare) return undefined;
  const share = (keys: readonly string[]) => `${keys.length} of ${known.length} prompts`;
  const losses = [
    vanished.length > 0 && `${share(vanished)} vanished from ${place} (${examples(vanished)})`,
    deselected.length > 0 &&
      `${share(deselected)} are not selected by the globs (${examples(deselected)})`,
  ];
  const allowed = Math.round(maxVanishedShare * 100);
  const cause = deselected.length > 0 ? `the globs and ${variables}` : variables;
  return stop(
    `${losses.filter(Boolean).join(', and ')}: more than ${allowed} %. Check ${cause}, or force the sync.`,
    vanishing,
  );
}

/** Stops at the first: a bucket may have 100,000 keys. */
function some(keys: Iterable<string>, selects: (key: string) => boolean): boolean {
  for (const key of keys) if (selects(key)) return true;
  return false;
}

const EXAMPLES = 3;

function examples(keys: readonly string[]): string {
  const more = keys.length > EXAMPLES ? ', …' : '';
  return keys.slice(0, EXAMPLES).join(', ') + more;
}

/**
 * Reads a byte of the bucket, so that a missing permission shows before anything depends on it.
 *
 * @throws {S3Error} when no object can be read
 */
export async function checkReadable(
  bucket: PromptBucket,
  objects: readonly PromptObject[],
): Promise<void> {
  const { read, refusal } = await readAny(bucket, objects);
  if (!read && refusal) throw refusal;
}

/**
 * Reads the first byte of one object. Some are tried, from all over the listing: one that cannot be
 * read tells nothing about the others, nor does a folder of them.
 *
 * @returns whether one can be read, and the first refusal
 * @throws {S3Error} when the bucket cannot be used at all
 */
export async function readAny(
  bucket: PromptBucket,
  objects: readonly PromptObject[],
): Promise<{ readonly read: boolean; readonly refusal?: UnreadableObjectError }> {
  let refusal: UnreadableObjectError | undefined;
  // An empty object has no first byte.
  for (const object of spread(
    objects.filter(({ size }) => size > 0),
    READ_PROBES,
  )) {
    try {
      await bucket.readFirstByte(object);
      return { read: true, ...(refusal && { refusal }) };
    } catch (thrown) {
      if (!(thrown instanceof UnreadableObjectError)) throw thrown;
      refusal ??= thrown;
    }
  }
  return { read: false, ...(refusal && { refusal }) };
}

/** So many of these at most, at equal distances from the first to the last. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const step = (items.length - 1) / (count - 1);
  return items.filter((_, index) => Math.floor((index - 1) / step) < Math.floor(index / step));
}
