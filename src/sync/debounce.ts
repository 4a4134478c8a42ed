import type { PromptObject } from '../s3/prompts';

/** However busy the bucket, nobody waits longer than this for a prompt: milliseconds. */
const LONGEST_WAIT = 30_000;

/** A clock of S3's or Twilio's that is further ahead than this tells nothing: milliseconds. */
const CLOCK_SKEW = 60_000;

/** How many times as long as for quiet a Build waits that only takes prompts away. */
const REMOVAL_WAITS = 10;

/**
 * Milliseconds until a Build may be made that takes prompts away and brings none. S3 does not tell
 * when an object was deleted, so that nobody sees whether a burst of deletions is over: their Builds
 * are kept apart instead. What is played meanwhile is what was played before.
 *
 * @param deployedAt when the live Build became live
 * @param quiet as for quietIn
 */
export function apartFrom(deployedAt: Date, quiet: number, now: Date): number {
  const least = REMOVAL_WAITS * quiet;
  const age = now.getTime() - deployedAt.getTime();
  return age < -CLOCK_SKEW || age >= least ? 0 : Math.min(least, least - age);
}

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
