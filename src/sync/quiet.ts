import type { PromptObject } from '../s3/prompts';

/** However busy the bucket, nobody waits longer than this for a prompt: milliseconds. */
const LONGEST_WAIT = 30_000;

/** A clock of S3's that is further ahead than this tells nothing: milliseconds. */
const CLOCK_SKEW = 60_000;

/**
 * Milliseconds until the bucket has been quiet for long enough that a burst of uploads may be over,
 * so that it ends in one Build instead of many. Zero when it is, or when the oldest change has
 * waited for long enough.
 *
 * @param changes objects that are to be uploaded
 * @param quiet how long nothing may have changed, in milliseconds
 */
export function quietIn(changes: readonly PromptObject[], quiet: number, now: Date): number {
  if (changes.length === 0) return 0;
  const ages = changes.map(({ lastModified }) => now.getTime() - lastModified.getTime());
  const newest = Math.min(...ages);
  const oldest = Math.max(...ages);
  if (newest < -CLOCK_SKEW || newest >= quiet || oldest >= LONGEST_WAIT) return 0;
  return Math.min(quiet, quiet - newest);
}
