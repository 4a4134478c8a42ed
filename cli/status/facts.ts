import { existsSync } from 'node:fs';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import type { Clock } from '../../src/clock';
import { readCallConfig, type Variables } from '../../src/config';
import { PlayError } from '../../src/errors';
import { SHOWN_DEPLOYMENTS } from '../../src/limits';
import type { PromptObject } from '../../src/s3/prompts';
import { liveSince } from '../../src/sync';
import { carryOverOf } from '../../src/sync/carry-over';
import { readManifest } from '../../src/sync/observe';
import { findEnvironment, type Target } from '../../src/twilio/environments';
import type { Serverless } from '../../src/twilio/serverless';
import { connectServerless, type DeploymentVariables, readDeploymentVariables } from '../account';
import { withBucket } from '../bucket';
import { whySaid } from '../call/said';
import { readCallFlow } from '../call-flow';
import { type MissingPrompt, missingPromptsOf } from '../deploy/missing-prompts';
import { differenceOf, dryRun } from '../sync/dry-run';
import { findTarget, originOf, type TargetOptions } from '../target';
import {
  fromLiveOn,
  type HistoryEntry,
  historyOf,
  type Maker,
  makerOf,
  type PastBuild,
} from './history';
import { type HeardPrompt, hearPrompts, unusedKeys } from './prompts';

/** What is live, and how it compares with S3 and the call flow. */
export interface Status {
  readonly origin: string;
  readonly live: LiveStatus;
  readonly s3: S3Status;
  /** Newest first. */
  readonly deployments: readonly HistoryEntry[];
}

export interface LiveStatus {
  /** ZB… */
  readonly buildSid: string;
  readonly since: Date | undefined;
  readonly madeBy: Maker;
  readonly functions: number;
  /** Assets that are no prompts. */
  readonly otherAssets: number;
  readonly prompts: number;
}

export interface S3Status {
  /** Why S3 cannot be asked, or what a guard has against its list. */
  readonly problem: string | undefined;
  /** How Assets and S3 differ; undefined where they are equal, or nothing is known. */
  readonly difference: string | undefined;
  /** How callers hear the prompts of the call flow in this folder; empty where there is none. */
  readonly heard: readonly HeardPrompt[];
  /** Prompts that the flow names and the bucket lacks. */
  readonly missing: readonly MissingPrompt[];
  /** Keys that the flow does not name. */
  readonly unused: readonly string[];
}

/**
 * Asks Twilio and S3.
 *
 * @throws {ConfigError} when the configuration is not usable, or there is no such environment
 * @throws {PlayError} when Twilio refuses, or nothing is live
 */
export async function readStatus(
  options: TargetOptions,
  variables: Variables,
  clock: Clock,
): Promise<Status> {
  const found = readDeploymentVariables(variables);
  const target = findTarget(options, found.account.accountSid);
  const twilio = connectServerless(found.account, target.service);
  const { sid, buildSid, ...environment } = await findEnvironment(twilio, target);
  if (buildSid === undefined) {
    throw new PlayError(
      `Nothing is live in the environment "${target.environment}": deploy the project first.`,
    );
  }
  const origin = originOf(environment);
  const [past, bucket] = await Promise.all([
    readPast(twilio, sid, buildSid),
    readBucket(found, target),
  ]);
  const { manifest } = past.live;
  const flow = existsSync(CALL_FLOW_FILE) ? readCallFlow() : undefined;
  const { objects, ...comparison } = bucket;
  const { prefix } = found.config.s3;
  const call = readCallConfig({ ...variables, DOMAIN_NAME: environment.domainName });
  const now = clock.now();
  const why = (key: string) => whySaid(key, { origin, variables, manifest, now });
  return {
    origin,
    live: describeLive(past.live, liveSince(buildSid, past.deployments)),
    s3: {
      ...comparison,
      heard: flow ? hearPrompts(flow, { ...call, manifest, now }, objects, why) : [],
      missing:
        flow && objects
          ? missingPromptsOf(
              flow,
              objects.map(({ key }) => key),
              prefix,
            )
          : [],
      unused: flow && objects ? unusedKeys(flow, objects) : [],
    },
    deployments: historyOf(past.shown, past.builds).slice(0, SHOWN_DEPLOYMENTS),
  };
}

function describeLive({ build, manifest }: PastBuild, since: Date | undefined): LiveStatus {
  const { functions, assets } = carryOverOf(build);
  return {
    buildSid: build.sid,
    since,
    madeBy: makerOf(build),
    functions: functions.length,
    otherAssets: assets.length,
    prompts: manifest?.paths.size ?? 0,
  };
}

/** The live Build and those before it, as far as they are shown and Twilio still has them. */
async function readPast(twilio: Serverless, environmentSid: string, liveSid: string) {
  const deployments = await twilio.deployments(environmentSid);
  const shown = fromLiveOn(deployments, liveSid).slice(0, SHOWN_DEPLOYMENTS + 1);
  const sids = new Set([liveSid, ...shown.flatMap(({ buildSid }) => buildSid ?? [])]);
  const read = await Promise.all([...sids].map((buildSid) => readBuild(twilio, buildSid)));
  const builds = new Map(read.flatMap((past) => (past ? [[past.build.sid, past]] : [])));
  const live = builds.get(liveSid);
  if (!live) throw new PlayError(`Build ${liveSid} is live, and Twilio does not have it.`);
  return { deployments, shown, builds, live };
}

async function readBuild(twilio: Serverless, sid: string): Promise<PastBuild | undefined> {
  const build = await twilio.buildIfAny(sid);
  return build && { build, manifest: await readManifest(twilio, build) };
}

/** What S3 has: a bucket that cannot be asked does not keep the rest from being told. */
async function readBucket(found: DeploymentVariables, target: Target) {
  const known: { objects?: readonly PromptObject[] } = {};
  try {
    known.objects = await withBucket(found.config, (bucket) => bucket.list());
    return { ...known, problem: undefined, difference: differenceOf(await dryRun(found, target)) };
  } catch (thrown) {
    if (!(thrown instanceof PlayError)) throw thrown;
    return { ...known, problem: thrown.message, difference: undefined };
  }
}
