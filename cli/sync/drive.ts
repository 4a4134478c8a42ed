import type { SyncEvent, SyncOutcome } from '../../src/sync';
import type { RemoteStep } from '../../src/sync/remote';
import type { StopSignal } from '../interruption';
import { type Ending, endingOf } from './ending';

/** What happens on the way, here or in a deployment. */
export type Progress = SyncEvent | RemoteStep;

/**
 * Runs a sync to its end, or until it is interrupted. Then it is not waited for: between two events
 * a run may go on from a Build to its Deployment, which is what somebody who stops it does not want.
 * Whatever is dropped, the next run finds and finishes.
 *
 * @param interrupted resolves when somebody wants it to stop
 */
export async function drive(
  steps: AsyncGenerator<Progress, SyncOutcome>,
  report: (progress: Progress) => void,
  interrupted: Promise<StopSignal>,
): Promise<Ending> {
  const stopped = interrupted.then((signal) => ({ signal }));
  try {
    for (;;) {
      const step = await Promise.race([stopped, steps.next()]);
      if ('signal' in step) return { status: 'interrupted', signal: step.signal };
      if (step.done) return step.value;
      report(step.value);
    }
  } catch (thrown) {
    return endingOf(thrown);
  }
}
