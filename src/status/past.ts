import { type ObserveOptions, readManifest } from '../sync/observe';
import { fromLiveOn, type Past, type PastBuild } from './history';

/** What is read of an environment. */
export type TwilioReader = ObserveOptions['twilio'];

/** The same, which asks for each thing once. */
export function askingOnce(twilio: TwilioReader): TwilioReader {
  const buildIfAny = once((sid: string) => twilio.buildIfAny(sid));
  return {
    environment: once((sid: string) => twilio.environment(sid)),
    deployments: once((sid: string) => twilio.deployments(sid)),
    // What is not there is asked for again, for the words of the refusal.
    build: async (sid) => (await buildIfAny(sid)) ?? twilio.build(sid),
    buildIfAny,
    functionContent: once((sid: string, version: string) => twilio.functionContent(sid, version)),
  };
}

function once<Sids extends readonly string[], T>(ask: (...sids: Sids) => Promise<T>) {
  const answers = new Map<string, Promise<T>>();
  return (...sids: Sids): Promise<T> => {
    const name = sids.join(' ');
    const answer = answers.get(name) ?? ask(...sids);
    answers.set(name, answer);
    return answer;
  };
}

/**
 * Reads what was live in an environment.
 *
 * @param liveSid the Build that is live
 * @param count how many Deployments are told: the Build before them is read, too
 * @throws {TwilioApiError}
 */
export async function readPast(
  twilio: TwilioReader,
  environmentSid: string,
  liveSid: string,
  count: number,
): Promise<Past> {
  const deployments = fromLiveOn(await twilio.deployments(environmentSid), liveSid);
  const told = deployments.slice(0, count + 1).flatMap(({ buildSid }) => buildSid ?? []);
  const sids = [...new Set([liveSid, ...told])];
  const read = await Promise.all(sids.map((sid) => readPastBuild(twilio, sid)));
  const builds = new Map(read.flatMap((past) => (past ? [[past.build.sid, past]] : [])));
  return { deployments, builds };
}

async function readPastBuild(twilio: TwilioReader, sid: string): Promise<PastBuild | undefined> {
  const build = await twilio.buildIfAny(sid);
  return build && { build, manifest: await readManifest(twilio, build) };
}
