import { systemClock } from '../../src/clock';
import type { Account } from '../../src/config';
import { messageOf } from '../../src/errors';
import { deployUnlessMoved, findLive, type LiveTarget } from '../../src/sync';
import type { Target } from '../../src/twilio/environments';
import { commandDeadline, connectServerless } from '../account';
import { targetWords } from '../options';

export interface DeployTarget extends Target {
  readonly account: Account;
}

/**
 * Makes the Build that was live before a deploy live again, if the deploy's own took its place. In
 * doubt, what is live stands.
 *
 * @param env file with the variables
 * @param before what was live; undefined before the first deploy
 * @param deployed ZB… of the Build that the toolkit made live; undefined when it did not finish
 * @returns a message: what is live now, and what callers hear
 */
export async function restorePreviousBuild(
  target: DeployTarget,
  env: string,
  before: LiveTarget | undefined,
  deployed: string | undefined,
): Promise<string> {
  const { account, service, environment } = target;
  const deadline = commandDeadline();
  const twilio = connectServerless(account, service, deadline);
  const words = targetWords(environment, env);
  const sync = `npm run sync -- ${words}`;
  try {
    const now = await findLive(twilio, target);
    if (now === undefined) return 'Nothing is live.';
    if (now.buildSid === before?.buildSid) {
      return `The previous Build is still live (${now.buildSid}). Its variables may already be those of ${env}.`;
    }
    if (before === undefined || now.buildSid !== deployed) {
      return `Build ${now.buildSid} is live. Prompts that are no Assets in it go through the proxy; those over 4 MB, and all of them if S3 refuses, are silent. Fix the error above, then run: ${sync}`;
    }
    const { environmentSid, buildSid } = before;
    const options = { twilio, environmentSid, clock: systemClock, deadline };
    if ((await deployUnlessMoved(buildSid, now.buildSid, options)) === 'moved') {
      return 'Another Build became live meanwhile, and stays.';
    }
    return `The previous Build is live again (${buildSid}), and callers hear what they heard before. The variables are those of ${env}.`;
  } catch (thrown) {
    const back =
      before === undefined
        ? sync
        : `npx twilio-run activate --build-sid ${before.buildSid} ${words}`;
    return `${messageOf(thrown)} It is not known which Build is live, and callers may hear silence. Run: ${back}`;
  }
}
