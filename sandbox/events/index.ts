import { type Clock, systemClock } from '../../src/clock';
import type { ObjectChange, ObjectStore } from '../s3';
import { deliver, type Outcome, pacer, type Send, sender } from './destination';
import { matchesPattern } from './pattern';
import { type Delivery, readProjectDelivery } from './template';

export type { Outcome } from './destination';

export interface EventsOptions {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly prefix: string;
  /** The deployment's /sync. */
  readonly syncUrl: string;
  readonly adminSecret: string;
  /**
   * Called when /sync has taken a change, or EventBridge has given it up.
   *
   * @param pending how many changes wait still
   */
  readonly onOutcome: (change: ObjectChange, outcome: Outcome, pending: number) => void;
  readonly clock?: Clock;
  readonly send?: Send;
}

export interface Events {
  /** Gives up what is pending, and takes no more changes. */
  stop(): void;
}

/**
 * A stand-in for EventBridge: each change in a bucket of the sandbox's S3 calls a deployment's /sync, as
 * infra/s3-events.yaml says.
 */
export function startEvents(options: EventsOptions): Events {
  const { store, bucket, prefix, syncUrl, adminSecret, clock = systemClock, onOutcome } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const delivery: Delivery = readProjectDelivery({
    BucketName: bucket,
    KeyPrefix: prefix,
    SyncUrl: syncUrl,
    AdminSecret: adminSecret,
  });
  const pace = pacer(delivery.callsPerSecond, clock, signal);
  const send = options.send ?? sender(signal);
  let pending = 0;
  const take = async (change: ObjectChange) => {
    pending += 1;
    const outcome = await deliver(delivery, { clock, send, pace, signal });
    pending -= 1;
    onOutcome(change, outcome, pending);
  };
  const unsubscribe = store.subscribe((change) => {
    if (!matchesPattern(delivery.pattern, eventOf(change))) return;
    take(change).catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown;
    });
  });
  return {
    stop() {
      unsubscribe();
      ending.abort();
    },
  };
}

/** The fields of an event that a pattern may ask for: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function eventOf({ type, bucket, key }: ObjectChange) {
  return {
    source: 'aws.s3',
    'detail-type': type === 'put' ? 'Object Created' : 'Object Deleted',
    detail: { bucket: { name: bucket }, object: { key } },
  };
}
