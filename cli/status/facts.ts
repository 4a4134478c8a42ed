import { existsSync } from 'node:fs';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import type { Clock } from '../../src/clock';
import { type Config, readCallConfig, type Variables } from '../../src/config';
import { PlayError } from '../../src/errors';
import { SHOWN_DEPLOYMENTS } from '../../src/limits';
import type { PromptBucket } from '../../src/s3/prompts';
import { type HistoryEntry, historyOf, makerOf, type PastBuild } from '../../src/status/history';
import { look, told } from '../../src/status/look';
import { DEFAULTS, liveSince } from '../../src/sync';
import { carryOverOf } from '../../src/sync/carry-over';
import { foresee } from '../../src/sync/foresee';
import { checkReadable } from '../../src/sync/guard';
import { findEnvironment } from '../../src/twilio/environments';
import type { Serverless } from '../../src/twilio/serverless';
import { connectServerless, readDeploymentVariables } from '../account';
import { withBucket } from '../bucket';
import { whySaid } from '../call/said';
import { readCallFlow } from '../call-flow';
import { type MissingPrompt, missingPromptsOf } from '../deploy/missing-prompts';
import { callFlowText, differenceOf } from '../sync/dry-run';
import { findTarget, originOf, type TargetOptions } from '../target';
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
  readonly madeBy: string;
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
  const { past, listing, comparison } = await withBucket(found.config, (bucket) =>
    compare(bucket, twilio, sid, found.config, clock.now()),
  );
  if (past.problem !== undefined) throw new PlayError(past.problem);
  const live = past.value.builds.get(buildSid);
  if (!live) throw new PlayError(`Build ${buildSid} is live, and Twilio does not have it.`);
  const { manifest } = live;
  const flow = existsSync(CALL_FLOW_FILE) ? readCallFlow() : undefined;
  const objects = listing.value;
  const { prefix } = found.config.s3;
  const call = readCallConfig({ ...variables, DOMAIN_NAME: environment.domainName });
  const now = clock.now();
  const why = (key: string) => whySaid(key, { origin, variables, manifest, now });
  return {
    origin,
    live: describeLive(live, liveSince(buildSid, past.value.deployments)),
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
    deployments: historyOf(past.value, SHOWN_DEPLOYMENTS),
  };
}

const MAKER_WORDS: Readonly<Record<ReturnType<typeof makerOf>, string>> = {
  sync: 'a sync',
  deploy: 'npm run deploy',
  toolkit: "Twilio's toolkit, without a sync",
};

function describeLive({ build, manifest }: PastBuild, since: Date | undefined): LiveStatus {
  const { functions, assets } = carryOverOf(build);
  return {
    buildSid: build.sid,
    since,
    madeBy: MAKER_WORDS[makerOf(build)],
    functions: functions.length,
    otherAssets: assets.length,
    prompts: manifest?.paths.size ?? 0,
  };
}

/** What S3 and Twilio have, and how they differ: what is not known of S3 keeps no other thing back. */
async function compare(
  bucket: PromptBucket,
  twilio: Serverless,
  environmentSid: string,
  config: Config,
  now: Date,
) {
  const { past, listing, observed } = await look({
    bucket,
    twilio,
    environmentSid,
    count: SHOWN_DEPLOYMENTS,
  });
  const unknown = {
    past,
    listing,
    comparison: { problem: observed.problem, difference: undefined },
  };
  if (observed.value === undefined) return unknown;
  const settings = { ...DEFAULTS, flow: callFlowText() };
  const foreseen = foresee(observed.value, config, settings, { now, notGiven: new Map() });
  const { guard, upload, keep } = foreseen.plan;
  const objects = [...upload, ...keep].map(({ object }) => object);
  const { problem } = guard
    ? { problem: guard.sentence }
    : await told(checkReadable(bucket, objects));
  if (problem !== undefined) return { ...unknown, comparison: { problem, difference: undefined } };
  const uploads = upload.map(({ object }) => object.key);
  return {
    ...unknown,
    comparison: { problem, difference: differenceOf({ ...foreseen, uploads }) },
  };
}
