import type { Agent } from 'node:https';
import { systemClock } from '../clock';
import type { Config } from '../config';
import type { CredentialsProvider } from '../credentials/credentials';
import { ConfigError } from '../errors';
import {
  ASSET_BYTES,
  CONCURRENCY,
  MAX_VANISHED_SHARE,
  RETENTION_SECONDS,
  RUN_BYTES_IN_FLIGHT,
  RUN_MIN_BYTES_PER_SECOND,
  RUN_MS,
  SLICE_GRACE_MS,
  TWILIO_TIMEOUT_MS,
} from '../limits';
import { PromptBucket } from '../s3/prompts';
import { findEnvironment, type Target } from '../twilio/environments';
import { type Environment, Serverless } from '../twilio/serverless';
import { Transport } from '../twilio/transport';
import { fingerprint } from './carry-over';
import { checkReadable, GuardError, guardOf } from './guard';
import type { NewCode } from './new-code';
import { type ObserveOptions, observe } from './observe';
import { NOTHING_DONE, type SyncEvent, type SyncOutcome } from './outcome';
import type { PlanOptions } from './plan';
import { pendingAfter, type RunOptions, run } from './run';
import { keysNamedBy, selection } from './selection';

/** New code that is built, and where no caller is. */
export interface StagedCode extends Pick<NewCode, 'replaces'> {
  /** ZB… */
  readonly buildSid: string;
}

/** What differs between a slice in a Function and a run of the command line. */
export interface SyncSettings
  extends Pick<
    RunOptions,
    | 'concurrency'
    | 'bytesInFlight'
    | 'isSlice'
    | 'maxObjectBytes'
    | 'maxVanishedShare'
    | 'force'
    | 'maxForced'
    | 'dryRun'
  > {
  /** After how long no further step is begun. */
  readonly budgetMs: number;
  /** For one attempt at one request; a transfer may take longer, by its size. */
  readonly timeoutMs: number;
  /** The slowest transfer that is not given up. */
  readonly minBytesPerSecond: number;
  /** Opens the connections to S3, as through a proxy. Default: directly. */
  readonly httpsAgent?: Agent | undefined;
  /** The same for Twilio's API. */
  readonly twilioAgent?: Agent | undefined;
  /** Default: as a deployed Function gets S3's credentials. */
  readonly credentialsOf?: CredentialsProvider | undefined;
  /** The call flow's JSON: its keys get room first, and keys that S3 lacks are reported. */
  readonly flow: string;
  /** What a deploy brings; undefined for a sync. */
  readonly code?: StagedCode;
  /** S3_PREFIX of the deployment, where this run syncs the keys of another prefix. */
  readonly proxyPrefix?: string;
}

/** For the command line. */
export const DEFAULTS: SyncSettings = {
  budgetMs: RUN_MS,
  timeoutMs: TWILIO_TIMEOUT_MS,
  minBytesPerSecond: RUN_MIN_BYTES_PER_SECOND,
  concurrency: CONCURRENCY,
  bytesInFlight: RUN_BYTES_IN_FLIGHT,
  isSlice: false,
  maxObjectBytes: ASSET_BYTES,
  maxVanishedShare: MAX_VANISHED_SHARE,
  force: false,
  dryRun: false,
  flow: '{}',
};

/**
 * Syncs S3 into the Assets of an environment that a person has named.
 *
 * @throws {ConfigError} when credentials are missing or there is no such environment
 * @throws {GuardError} when the listing looks wrong
 * @throws {PlayError} when S3 or Twilio refuses
 */
export function sync(
  config: Config,
  target: Target,
  settings: SyncSettings,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const find = (twilio: Serverless) => findEnvironment(twilio, target);
  return syncEnvironment(config, target.service, settings, find);
}

/**
 * The same for an environment that this function finds. A Function is given the SID: that costs no
 * request.
 */
export async function* syncEnvironment(
  config: Config,
  service: string,
  settings: SyncSettings,
  find: (twilio: Serverless) => Promise<ObserveOptions['environment']>,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { bucket, twilio, deadline, close } = connect(config, service, settings);
  try {
    const { code } = settings;
    return yield* run({
      ...settings,
      code: code && { build: await twilio.build(code.buildSid), replaces: code.replaces },
      bucket,
      twilio,
      clock: systemClock,
      deadline,
      environment: await find(twilio),
      debounceMs: config.sync.debounceMs,
      ...planOptionsOf(config, settings),
    });
  } catch (thrown) {
    // Looking up the environment may reach a limit, too.
    return { ...pendingAfter(thrown), report: NOTHING_DONE };
  } finally {
    close();
  }
}

/** What a plan needs beside what is observed. */
export function planOptionsOf(
  { s3: { bucket, prefix }, sync: { visibility, include, exclude } }: Config,
  settings: SyncSettings,
): Omit<PlanOptions, 'nowEpochSeconds' | 'judged' | 'notGiven'> {
  const { maxObjectBytes, maxVanishedShare, force, maxForced, flow } = settings;
  return {
    visibility,
    selects: selection(prefix, include, exclude),
    flowKeys: keysNamedBy(flow),
    bucketName: bucket,
    prefix,
    proxyPrefix: settings.proxyPrefix ?? prefix,
    maxObjectBytes,
    retentionSeconds: RETENTION_SECONDS,
    maxVanishedShare,
    force,
    maxForced,
  };
}

/** What a deploy has to do with. */
export interface CheckedTarget extends Pick<NewCode, 'replaces'> {
  /** Keys of the bucket under S3_PREFIX. */
  readonly listedKeys: readonly string[];
}

/**
 * Finds out, before a deploy, whether its sync would succeed: lists the bucket, compares it with what is
 * live, and reads a byte. Changes nothing.
 *
 * @param environment undefined before the first deploy
 * @throws {GuardError} when the listing looks wrong
 * @throws {PlayError} when S3 or Twilio refuses
 */
export async function checkTarget(
  config: Config,
  service: string,
  environment: Environment | undefined,
  settings: SyncSettings,
): Promise<CheckedTarget> {
  const { bucket, twilio, close } = connect(config, service, settings);
  try {
    const { listing, known, replaces } = await observeKeys(bucket, twilio, environment);
    const selects = selection(config.s3.prefix, config.sync.include, config.sync.exclude);
    const { bucket: bucketName, prefix } = config.s3;
    const listedKeys = listing.map(({ key }) => key);
    const keys = { known, listed: new Set(listedKeys), selects, bucketName, prefix };
    const guard = settings.force ? undefined : guardOf(keys, settings.maxVanishedShare);
    if (guard !== undefined) throw new GuardError(guard.sentence);
    await checkReadable(
      bucket,
      listing.filter(({ key }) => selects(key)),
    );
    return { replaces, listedKeys };
  } finally {
    close();
  }
}

async function observeKeys(
  bucket: PromptBucket,
  twilio: Serverless,
  environment: Environment | undefined,
) {
  if (environment?.buildSid === undefined) {
    return { listing: await bucket.list(), known: [], replaces: undefined };
  }
  const { listing, live } = await observe({ bucket, twilio, environment });
  const known = [...live.manifest.paths.keys()];
  return { listing, known, replaces: fingerprint(live.carryOver) };
}

/** @throws {ConfigError} when there is no account */
function connect(
  config: Config,
  service: string,
  { budgetMs, timeoutMs, minBytesPerSecond, httpsAgent, twilioAgent, credentialsOf }: SyncSettings,
) {
  const { credential, apiOrigin } = config.twilio;
  if (credential === undefined) {
    throw new ConfigError('ACCOUNT_SID and AUTH_TOKEN are not set: the sync needs both.');
  }
  const deadline = systemClock.now().getTime() + budgetMs;
  // What is in work at the deadline may still begin requests.
  const end = deadline + SLICE_GRACE_MS;
  const times = { clock: systemClock, deadline: end, timeoutMs, minBytesPerSecond };
  const transport = new Transport({ ...times, httpsAgent: twilioAgent });
  const access = { credential, apiOrigin, transport };
  const bucket = new PromptBucket(config.s3, { ...times, httpsAgent, credentialsOf });
  const close = () => {
    bucket.close();
    transport.close();
  };
  return { bucket, twilio: new Serverless(access, service), deadline, close };
}
