import { systemClock } from '../clock';
import type { Config } from '../config';
import { ConfigError } from '../errors';
import { ASSET_BYTES } from '../limits';
import { PromptBucket } from '../s3/prompts';
import { TwilioError } from '../twilio/errors';
import { type Environment, Serverless } from '../twilio/serverless';
import { Transport } from '../twilio/transport';
import { check } from './check';
import type { SyncEvent, SyncOutcome } from './events';
import { type ReconcileOptions, reconcile } from './run';
import { keysNamedBy, selection } from './selection';

export { deployUnlessMoved } from './deploy';
export type { SkippedPrompt, SyncEvent, SyncOutcome, SyncReport, Wait } from './events';
export { GuardError } from './guard';
export { REASONS } from './refusal';

/** One environment of one Service. */
export interface Target {
  /** SID or unique name. */
  readonly service: string;
  /** ZE…, or the domain suffix that `serverless:deploy` calls the environment, such as dev. */
  readonly environment: string;
}

/** What differs between a run in a Function and one from a machine of one's own. */
export interface SyncSettings
  extends Pick<
    ReconcileOptions,
    'concurrency' | 'bytesInFlight' | 'largest' | 'maxDelete' | 'force' | 'dryRun'
  > {
  /** Milliseconds after which nothing more is begun. */
  readonly budget: number;
  /** Milliseconds for one request, the transfer of an object left out. */
  readonly timeout: number;
  /** Bytes per second at which a transfer must go on. */
  readonly slowest: number;
  /** The call flow's JSON: what it names goes first, and is missed where S3 lacks it. */
  readonly flow: string;
  /** Whether it is the one that is deployed: what it misses is said then. */
  readonly flowIsLive: boolean;
}

/** For a machine of one's own. */
export const DEFAULTS: SyncSettings = {
  budget: 30 * 60_000,
  timeout: 10_000,
  slowest: 50_000,
  concurrency: 8,
  bytesInFlight: 64_000_000,
  largest: ASSET_BYTES,
  maxDelete: 0.5,
  force: false,
  dryRun: false,
  flow: '{}',
  flowIsLive: false,
};

/** Milliseconds beyond the deadline in which an object in work may be finished. */
export const GRACE = 1000;

/** Seconds for which a retired path stays in the Build: a call lasts four hours at most. */
const RETENTION = 4 * 3600;

/**
 * Syncs S3 into one environment's Assets.
 *
 * @throws {ConfigError} when credentials are missing or there is no such environment
 * @throws {GuardError} when the listing looks wrong
 * @throws {PlayError} when S3 or Twilio refuses
 */
export async function* sync(
  config: Config,
  target: Target,
  settings: SyncSettings,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { visibility, include, exclude, debounceMs } = config.sync;
  const clock = systemClock;
  const deadline = clock.now().getTime() + settings.budget;
  const ends = connect(config, target, settings, deadline);
  const patient = connect(config, target, settings, deadline + GRACE);
  try {
    return yield* reconcile({
      ...settings,
      ...ends,
      patient,
      clock,
      deadline,
      environmentSid: await findEnvironment(ends.twilio, target),
      visibility,
      quiet: debounceMs,
      selects: selection(config.s3.prefix, include, exclude),
      named: keysNamedBy(settings.flow),
      namedIsLive: settings.flowIsLive,
      prefix: config.s3.prefix,
      retention: RETENTION,
    });
  } finally {
    ends.bucket.close();
    patient.bucket.close();
  }
}

/** The live Build of an environment. */
export interface LiveTarget {
  /** ZE… */
  readonly environmentSid: string;
  /** ZB… */
  readonly buildSid: string;
}

/**
 * Finds out, before a deploy, whether the sync after it would succeed. Changes nothing.
 *
 * @returns what is live now; undefined before the first deploy
 * @throws {GuardError} when the listing looks wrong
 * @throws {PlayError} when S3 or Twilio refuses
 */
export async function checkTarget(
  config: Config,
  target: Target,
  settings: SyncSettings,
): Promise<LiveTarget | undefined> {
  const deadline = systemClock.now().getTime() + settings.budget;
  const { bucket, twilio } = connect(config, target, settings, deadline);
  try {
    const live = await findLive(twilio, target);
    const { prefix } = config.s3;
    const { include, exclude } = config.sync;
    const { maxDelete, force } = settings;
    await check({
      bucket,
      twilio,
      environmentSid: live?.environmentSid,
      selects: selection(prefix, include, exclude),
      maxDelete,
      force,
    });
    return live;
  } finally {
    bucket.close();
  }
}

/** What is live in an environment; undefined where there is no such Service, environment or Build. */
export async function findLive(
  twilio: Serverless,
  { environment }: Pick<Target, 'environment'>,
): Promise<LiveTarget | undefined> {
  const found = withSuffix((await environmentsOf(twilio)) ?? [], environment);
  if (found?.buildSid === undefined) return undefined;
  return { environmentSid: found.sid, buildSid: found.buildSid };
}

/** @throws {ConfigError} when there is no account */
function connect(
  config: Config,
  { service }: Target,
  { timeout, slowest }: SyncSettings,
  deadline: number,
) {
  const { accountSid, authToken, apiOrigin } = config.twilio;
  if (accountSid === undefined || authToken === undefined) {
    throw new ConfigError('ACCOUNT_SID and AUTH_TOKEN are not set: the sync needs both.');
  }
  const clock = systemClock;
  const transport = new Transport({ clock, deadline, timeout, slowest });
  const access = { accountSid, authToken, apiOrigin, transport };
  const times = { clock, deadline, timeoutMs: timeout, minBytesPerSecond: slowest };
  return { bucket: new PromptBucket(config.s3, times), twilio: new Serverless(access, service) };
}

async function findEnvironment(
  twilio: Serverless,
  { service, environment }: Target,
): Promise<string> {
  if (/^ZE[0-9a-f]{32}$/.test(environment)) return environment;
  const environments = await environmentsOf(twilio);
  if (environments === undefined) {
    throw new ConfigError(
      `The account has no Service ${service}: deploy the project first, or name another one.`,
    );
  }
  const found = withSuffix(environments, environment);
  if (found) return found.sid;
  throw new ConfigError(
    `The Service ${service} has no environment "${environment}": deploy the project first.`,
  );
}

/** Undefined where there is no such Service. */
async function environmentsOf(twilio: Serverless) {
  try {
    return await twilio.environments();
  } catch (thrown) {
    if (thrown instanceof TwilioError && thrown.status === 404) return undefined;
    throw thrown;
  }
}

function withSuffix(environments: readonly Environment[], suffix: string): Environment | undefined {
  return environments.find(({ domainSuffix }) => domainSuffix === suffix);
}
