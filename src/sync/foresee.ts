import type { Config } from '../config';
import type { Observation } from './observe';
import type { SyncEvent } from './outcome';
import { type Plan, plan } from './plan';
import { leftByDeploy, staysForCalls, toPlanned } from './run';
import type { NotGiven } from './selection';
import { planOptionsOf, type SyncSettings } from './sync';

/** What a sync would do, from what was observed already. */
export interface Foresight {
  readonly plan: Plan;
  readonly planned: Extract<SyncEvent, { type: 'planned' }>;
  /** Set where prompts are uploaded, but not live. */
  readonly notLive: Extract<SyncEvent, { type: 'not live' }> | undefined;
}

/**
 * Finds out what a sync would do. It asks nothing and changes nothing.
 *
 * @param notGiven key → what S3 does not give of the listing
 */
export function foresee(
  observed: Observation,
  config: Config,
  settings: SyncSettings,
  { now, notGiven }: { readonly now: Date; readonly notGiven: ReadonlyMap<string, NotGiven> },
): Foresight {
  const { listing, live, recent } = observed;
  const options = planOptionsOf(config, settings);
  const planned = plan(listing, live, staysForCalls(recent, now, options), {
    ...options,
    judged: new Map(),
    notGiven,
    nowEpochSeconds: Math.floor(now.getTime() / 1000),
  });
  return {
    plan: planned,
    planned: toPlanned(planned),
    notLive: leftByDeploy(planned.keep, observed),
  };
}
