import { messageOf, PlayError, withFullStop } from '../errors';
import { OutOfTimeError } from '../retry';
import type { PromptBucket, PromptObject } from '../s3/prompts';
import { type Observation, type ObserveOptions, observe } from '../sync/observe';
import type { Past } from './history';
import { askingOnce, readPast } from './past';

/** What was asked for, or why it is not known. */
export type Told<T> =
  | { readonly value: T; readonly problem?: never }
  | { readonly value?: never; readonly problem: string };

/** What S3 and Twilio tell; each of them is told though the other is not. */
export interface Look {
  readonly listing: Told<readonly PromptObject[]>;
  readonly past: Told<Past>;
  /** Both together, as a sync sees them. */
  readonly observed: Told<Observation>;
}

export interface LookOptions {
  readonly bucket: Pick<PromptBucket, 'list'>;
  readonly twilio: ObserveOptions['twilio'];
  readonly environmentSid: string;
  /** How many Deployments are told. */
  readonly count: number;
}

/** Lists the bucket once, and reads each thing of Twilio once. It changes nothing. */
export async function look({ bucket, twilio, environmentSid, count }: LookOptions): Promise<Look> {
  const asked = askingOnce(twilio);
  const listing = bucket.list();
  const past = asked.environment(environmentSid).then(({ buildSid }) => {
    if (buildSid !== undefined) return readPast(asked, environmentSid, buildSid, count);
    throw new PlayError('Nothing is live in this environment: deploy the project first.');
  });
  const observed = observe({
    bucket: { list: () => listing },
    twilio: asked,
    environment: { sid: environmentSid },
  });
  const [toldListing, toldPast, toldObserved] = await Promise.all([
    told(listing, TOO_MANY_KEYS),
    told(past, 'Twilio did not answer everything in time: try again.'),
    told(observed, TOO_MANY_KEYS),
  ]);
  return { listing: toldListing, past: toldPast, observed: toldObserved };
}

const TOO_MANY_KEYS =
  'S3 did not list the whole bucket in time: it is slow, or has too many keys under S3_PREFIX. Set S3_PREFIX to the folder of the prompts.';

/** The listing alone. */
export function tellListing(bucket: Pick<PromptBucket, 'list'>): Promise<Look['listing']> {
  return told(bucket.list(), TOO_MANY_KEYS);
}

/**
 * @param lateness what is said when the deadline has passed
 * @throws whatever is no PlayError
 */
export async function told<T>(asked: Promise<T>, lateness?: string): Promise<Told<T>> {
  try {
    return { value: await asked };
  } catch (thrown) {
    if (!(thrown instanceof PlayError)) throw thrown;
    const isLate = thrown instanceof OutOfTimeError && lateness !== undefined;
    return { problem: isLate ? lateness : withFullStop(messageOf(thrown)) };
  }
}
