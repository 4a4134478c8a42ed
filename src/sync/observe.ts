import { PlayError } from '../errors';
import { decodeManifest, EMPTY_MANIFEST, type Manifest } from '../manifest';
import type { PromptBucket, PromptObject } from '../s3/prompts';
import type { Build, Deployment } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { manifestVersionOf } from './carry-over';
import { type Deployed, expectedCode, walkBack } from './history';
import type { LiveBuild, RecentBuild } from './plan';

/** Both sides, as they are now. */
export interface Observation {
  readonly listing: readonly PromptObject[];
  readonly live: LiveBuild;
  readonly recent: readonly RecentBuild[];
  readonly deployments: readonly Deployment[];
}

/**
 * Reads S3 and one environment of Twilio afresh.
 *
 * @throws {PlayError} when either refuses, or nothing was ever deployed
 */
export async function observe(
  bucket: PromptBucket,
  twilio: Serverless,
  environmentSid: string,
): Promise<Observation> {
  const [listing, { live, walked, deployments }] = await bothOf(
    bucket.list(),
    readEnvironment(twilio, environmentSid),
  );
  const manifest = await readManifest(twilio, walked, live);
  return {
    listing,
    live: { build: live, manifest, code: expectedCode(walked, live) },
    recent: walked.slice(1).map(({ build }, index) => ({
      assets: build.assets,
      liveUntil: seconds(walked[index]?.at),
    })),
    deployments,
  };
}

/** Ends when both have ended, so that a refusal of one leaves nothing at work. */
async function bothOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

async function readEnvironment(twilio: Serverless, environmentSid: string) {
  const { buildSid } = await twilio.environment(environmentSid);
  if (buildSid === undefined) {
    throw new PlayError(
      `Environment ${environmentSid} has no live Build: deploy the project first.`,
    );
  }
  // Read after the environment, so that the live Build's own Deployment is among them.
  const [deployments, live] = await Promise.all([
    twilio.deployments(environmentSid),
    twilio.build(buildSid),
  ]);
  const walked = await walkBack(deployments, live, (sid) => twilio.buildIfAny(sid));
  return { live, walked, deployments };
}

/** The manifest of this environment's newest sync; one that cannot be read counts as none. */
async function readManifest(
  twilio: Serverless,
  walked: readonly Deployed[],
  live: Build,
): Promise<Manifest> {
  // One that was promoted from another environment knows its prompts, too.
  const newest = walked.find(({ ours }) => ours)?.build ?? live;
  const version = manifestVersionOf(newest);
  if (!version) return EMPTY_MANIFEST;
  const source = await twilio.functionContent(version.resourceSid, version.sid);
  try {
    return decodeManifest(source);
  } catch {
    return EMPTY_MANIFEST;
  }
}

function seconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}
