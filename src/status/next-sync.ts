import type { Config } from '../config';
import { READ_PROBES } from '../limits';
import { OutOfTimeError } from '../retry';
import { S3Error } from '../s3/errors';
import { type PromptBucket, type PromptObject, UnreadableObjectError } from '../s3/prompts';
import { type Foresight, foresee } from '../sync/foresee';
import { checkReadable } from '../sync/guard';
import type { Observation } from '../sync/observe';
import type { Plan } from '../sync/plan';
import type { NotGiven } from '../sync/selection';
import type { SyncSettings } from '../sync/sync';
import { answerOf } from '../sync/upload';

/** What the next sync will do, as far as first bytes tell it. */
export interface NextSync {
  /** Undefined where no object can be read: the sync fails. */
  readonly foresight: Foresight | undefined;
  /** Why no object can be read. */
  readonly problem: string | undefined;
  /** Key → what S3 answers in place of the object. */
  readonly answers: ReadonlyMap<string, string>;
}

/**
 * Foresees the next sync. It asks S3 for the first byte of some objects that the sync would upload: one
 * that S3 lists and does not give stays as callers hear it.
 */
export async function foreseeNext(
  bucket: PromptBucket,
  observed: Observation,
  config: Config,
  settings: SyncSettings,
  now: Date,
): Promise<NextSync> {
  const planned = foresee(observed, config, settings, { now, notGiven: new Map() });
  const asPlanned = { foresight: planned, problem: undefined, answers: new Map() };
  if (planned.plan.guard) return asPlanned;
  try {
    const unreadable = await findUnreadable(bucket, planned.plan);
    if (unreadable.size === 0) return asPlanned;
    const notGiven = new Map(
      [...unreadable].map(([{ key, etag }]): [string, NotGiven] => [
        key,
        { etag, reason: 'unreadable' },
      ]),
    );
    const answers = new Map([...unreadable].map(([{ key }, error]) => [key, answerOf(error, key)]));
    const foresight = foresee(observed, config, settings, { now, notGiven });
    return { foresight, problem: undefined, answers };
  } catch (thrown) {
    // A large bucket leaves no time to ask.
    if (thrown instanceof OutOfTimeError) return asPlanned;
    if (!(thrown instanceof S3Error)) throw thrown;
    return { foresight: undefined, problem: thrown.message, answers: new Map() };
  }
}

/** @throws {S3Error} when no object can be read */
async function findUnreadable(
  bucket: PromptBucket,
  { upload, keep }: Pick<Plan, 'upload' | 'keep'>,
): Promise<ReadonlyMap<PromptObject, S3Error>> {
  const objects = [...upload, ...keep].map(({ object }) => object);
  const unreadable = new Map<PromptObject, S3Error>();
  // An empty object has no first byte.
  const probed = upload
    .map(({ object }) => object)
    .filter(({ size }) => size > 0)
    .slice(0, READ_PROBES);
  await Promise.all(
    probed.map((object) =>
      bucket.readFirstByte(object).catch((thrown: unknown) => {
        if (!(thrown instanceof UnreadableObjectError)) throw thrown;
        unreadable.set(object, thrown);
      }),
    ),
  );
  if (unreadable.size === probed.length) await checkReadable(bucket, objects);
  return unreadable;
}
