import { systemClock } from '../../src/clock';
import { messageOf } from '../../src/errors';
import { deployUnlessMoved, findLive, type LiveTarget } from '../../src/sync';
import { Serverless } from '../../src/twilio/serverless';
import { Transport } from '../../src/twilio/transport';
import type { Account } from '../account';

/** Milliseconds in which the Build that was live must be live again. */
const BUDGET = 60_000;

export interface DeployTarget {
  readonly account: Account;
  /** SID or unique name. */
  readonly service: string;
  /** Domain suffix. */
  readonly environment: string;
}

function connect({ account, service }: DeployTarget, deadline = inTime()): Serverless {
  const transport = new Transport({ clock: systemClock, deadline });
  return new Serverless({ ...account, transport }, service);
}

function inTime(): number {
  return systemClock.now().getTime() + BUDGET;
}

/**
 * What is live in the environment now; undefined where nothing is.
 *
 * @throws {TwilioError} when Twilio's API refuses
 */
export function liveNow(target: DeployTarget): Promise<LiveTarget | undefined> {
  return findLive(connect(target), target);
}

/**
 * Makes the Build live again that was live before a deploy, if the deploy's own took its place. In
 * doubt, what is live stands.
 *
 * @param before what was live; undefined before the first deploy
 * @param deployed what the toolkit made live; undefined when that is not known
 * @returns what is live now and what callers hear, for a person
 */
export async function bringBack(
  target: DeployTarget,
  before: LiveTarget | undefined,
  deployed: LiveTarget | undefined,
): Promise<string> {
  const { environment } = target;
  try {
    const now = await liveNow(target);
    if (now === undefined) return 'Nothing is live.';
    if (now.buildSid === before?.buildSid)
      return `What was live is live as before (${now.buildSid}).`;
    if (before !== undefined && now.buildSid === deployed?.buildSid) {
      return await replace(target, now, before);
    }
    return `Build ${now.buildSid} is live. Whatever it lacks of the prompts goes through the proxy, or is said. Once what failed is mended: npm run sync -- --deployed --environment ${environment}`;
  } catch (thrown) {
    const back =
      before === undefined
        ? `npm run sync -- --deployed --environment ${environment}`
        : `npx twilio-run activate --build-sid ${before.buildSid} --environment ${environment}`;
    return `${messageOf(thrown)} What is live is not known; prompts may go through the proxy, or be said. As soon as Twilio answers: ${back}`;
  }
}

async function replace(target: DeployTarget, now: LiveTarget, before: LiveTarget): Promise<string> {
  const deadline = inTime();
  const { environmentSid, buildSid } = before;
  const options = {
    twilio: connect(target, deadline),
    environmentSid,
    clock: systemClock,
    deadline,
  };
  if ((await deployUnlessMoved(buildSid, now.buildSid, options)) === 'moved') {
    return 'Another Build became live meanwhile, and was left as it is.';
  }
  return `What was live before is live again (${buildSid}), and callers hear what they heard before. The variables are those of .env.`;
}
