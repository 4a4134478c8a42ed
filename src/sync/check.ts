import { S3Error } from '../s3/errors';
import type { PromptBucket, PromptObject } from '../s3/prompts';
import type { Serverless } from '../twilio/serverless';
import { GuardError, guardOf } from './guard';
import { observe } from './observe';
import type { PlanOptions } from './plan';

export interface CheckOptions extends Pick<PlanOptions, 'selects' | 'maxDelete' | 'force'> {
  readonly bucket: PromptBucket;
  readonly twilio: Serverless;
  /** ZE…, of an environment with a live Build; undefined before the first deploy. */
  readonly environmentSid: string | undefined;
}

/**
 * Finds out whether a sync would succeed, and changes nothing: lists the bucket, holds it against
 * what is live, and reads a byte.
 *
 * @throws {GuardError} when the listing looks wrong
 * @throws {PlayError} when S3 or Twilio refuses
 */
export async function check(options: CheckOptions): Promise<void> {
  const { bucket, twilio, environmentSid, selects, maxDelete, force } = options;
  const { listing, known } =
    environmentSid === undefined
      ? { listing: await bucket.list(), known: [] }
      : await observeKeys(bucket, twilio, environmentSid);
  const listed = listing.map(({ key }) => key);
  const guard = force ? undefined : guardOf({ known, listed, selects }, maxDelete);
  if (guard !== undefined) throw new GuardError(guard);
  await checkReadable(
    bucket,
    listing.filter(({ key }) => selects(key)),
  );
}

async function observeKeys(bucket: PromptBucket, twilio: Serverless, environmentSid: string) {
  const { listing, live } = await observe(bucket, twilio, environmentSid);
  return { listing, known: [...live.manifest.paths.keys()] };
}

/** How many objects may refuse to be read before that is taken for a missing permission. */
const PROBES = 3;

/**
 * Reads a byte of the bucket, so that a missing permission shows before anything depends on it. One
 * object that cannot be read is no reason to stop, so that a few are tried.
 *
 * @throws {S3Error} the first refusal, when none of them can be read
 */
export async function checkReadable(
  bucket: PromptBucket,
  objects: readonly PromptObject[],
): Promise<void> {
  let refusal: S3Error | undefined;
  // An empty object has no first byte.
  for (const object of objects.filter(({ size }) => size > 0).slice(0, PROBES)) {
    try {
      return await bucket.readFirstByte(object);
    } catch (thrown) {
      if (!(thrown instanceof S3Error)) throw thrown;
      refusal ??= thrown;
    }
  }
  if (refusal) throw refusal;
}
