import { PlayError } from '../errors';
import type { Build } from '../twilio/resources';
import { type CarryOver, carryOverOf, fingerprint } from './carry-over';

/** What a deploy brings: its run carries over this code in place of what is live. */
export interface NewCode {
  /** The Build that the toolkit made of it, where no caller is. */
  readonly build: Build;
  /** `fingerprint` of the code that was live when the deploy began; undefined where nothing was. */
  readonly replaces: string | undefined;
}

/** Somebody has made other code live since the deploy began: it stands. */
export class SupersededError extends PlayError {}

/**
 * A sync may have published prompts since the deploy began: then the deploy goes on. Another deploy, a
 * rollback or a change in the console stands, as a deploy never reverts a deploy.
 *
 * @param live the live Build; undefined where there is none
 * @param expected what must be live beside the prompts; undefined where nothing is
 * @throws {SupersededError}
 */
export function refuseToReplaceOther(
  { build, replaces }: NewCode,
  live: Pick<Build, 'sid'> | undefined,
  expected: CarryOver | undefined,
): void {
  const code = expected && fingerprint(expected);
  // A Deployment whose answer was lost may have made the new code live already.
  if (code === replaces || code === fingerprint(carryOverOf(build))) return;
  throw new SupersededError(
    live === undefined
      ? 'The environment has no live Build any more: somebody has taken it out since the deploy began.'
      : `Build ${live.sid} became live since the deploy began, by another deploy or a rollback: it stays.`,
  );
}
