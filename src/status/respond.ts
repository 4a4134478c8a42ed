import { refuseStranger } from '../admin';
import { CALL_FLOW_FILE } from '../call-flow/files';
import { parseCallFlow } from '../call-flow/parse';
import { systemClock } from '../clock';
import { type Config, readCallConfig, readConfig } from '../config';
import { ConfigError } from '../errors';
import {
  STATUS_ASKING_MS,
  STATUS_DEPLOYMENTS,
  STATUS_LISTING_MS,
  STATUS_REQUEST_MS,
} from '../limits';
import { log } from '../log';
import type { Manifest } from '../manifest';
import { type FunctionRequest, type FunctionResponse, sentence } from '../runtime';
import { PromptBucket } from '../s3/prompts';
import type { Foresight } from '../sync/foresee';
import { sliceSettings } from '../sync/slice';
import { Serverless } from '../twilio/serverless';
import { Transport } from '../twilio/transport';
import { flowGraph } from './flow-graph';
import { type HistoryEntry, historyOf, type PastBuild } from './history';
import { type Look, look, type Told, tellListing } from './look';
import { foreseeNext, type NextSync } from './next-sync';
import { describePrompts } from './prompts';
import type { StatusResponse } from './response';

/** What this deployment has in its own files. */
export interface OwnFiles {
  /** The call flow's JSON; undefined where there is none. */
  readonly flow: string | undefined;
  /** Of the Build that this Function belongs to: it counts where Twilio does not tell what is live. */
  readonly manifest: Manifest | undefined;
}

/** How long it may ask. */
export interface Times {
  readonly listingMs: number;
  readonly askingMs: number;
  readonly requestMs: number;
}

const TIMES: Times = {
  listingMs: STATUS_LISTING_MS,
  askingMs: STATUS_ASKING_MS,
  requestMs: STATUS_REQUEST_MS,
};

/**
 * Responds to GET /status by all that the console shows, with the bearer secret only. What S3 or Twilio
 * do not tell is left out, and why. It changes nothing, whatever the method, which Twilio tells no
 * Function.
 */
export async function respondToStatus(
  { context, headers }: Pick<FunctionRequest, 'context' | 'headers'>,
  own: OwnFiles,
  times = TIMES,
): Promise<FunctionResponse> {
  const refusal = refuseStranger({ context, headers });
  if (refusal) return refusal;
  try {
    const body = await readStatus(context, own, times);
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
      body,
    };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    log('error', 'status-failed', { function: 'status', message: thrown.message });
    return sentence(500, thrown.message);
  }
}

async function readStatus(
  context: FunctionRequest['context'],
  own: OwnFiles,
  times: Times,
): Promise<StatusResponse> {
  const config = readConfig(context);
  const call = readCallConfig(context);
  const now = systemClock.now();
  const { listing, past, next } = await askBoth(config, own, times, now);
  const bucketProblem = listing.problem ?? next?.problem;
  for (const message of [bucketProblem, past.problem]) {
    if (message !== undefined) log('warn', 'status-incomplete', { function: 'status', message });
  }
  const flow = readFlow(own.flow);
  const { bucket: name, prefix } = config.s3;
  const history = past.value ? historyOf(past.value, STATUS_DEPLOYMENTS) : [];
  const live = past.value?.builds.get(past.value.deployments[0]?.buildSid ?? '');
  return {
    at: now.toISOString(),
    domain: new URL(call.publicOrigin).host,
    ...(live && { live: describeLive(live, history[0]) }),
    ...(past.problem !== undefined && { twilioProblem: past.problem }),
    bucket: { name, prefix, ...(bucketProblem !== undefined && { problem: bucketProblem }) },
    ...describePrompts({
      flow: flow.value,
      playback: { ...call, manifest: live ? live.manifest : own.manifest, now },
      listing: listing.value,
      plan: next?.foresight?.plan,
      past: past.value,
      prefix,
      areAssetsPublic: config.sync.visibility === 'public',
      answers: next?.answers ?? new Map(),
    }),
    ...(next?.foresight && { nextSync: nextSyncOf(next.foresight) }),
    deployments: history.map(({ at, buildSid, by, changes }) => ({
      at: at.toISOString(),
      ...(buildSid !== undefined && { buildSid }),
      ...(by && { by }),
      changes: [...changes],
    })),
    flow: flow.value ? flowGraph(flow.value) : { nodes: [], edges: [], problem: flow.problem },
  };
}

/** What S3 and Twilio tell, and what a sync would make of it. */
interface Answers extends Pick<Look, 'listing' | 'past'> {
  /** Undefined where one of them does not tell enough. */
  readonly next?: NextSync;
}

async function askBoth(
  config: Config,
  { flow = '{}' }: OwnFiles,
  { listingMs, askingMs, requestMs }: Times,
  now: Date,
): Promise<Answers> {
  const { credential, apiOrigin, serviceSid, environmentSid } = config.twilio;
  const within = (ms: number) => ({
    clock: systemClock,
    deadline: systemClock.now().getTime() + ms,
    timeoutMs: requestMs,
  });
  const bucket = new PromptBucket(config.s3, within(listingMs));
  const transport = new Transport(within(askingMs));
  try {
    if (!credential || !serviceSid || !environmentSid) {
      const problem =
        'Twilio sets ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID and ENVIRONMENT_SID for a deployed Function, and one of them is not set.';
      return { listing: await tellListing(bucket), past: { problem } };
    }
    const twilio = new Serverless({ credential, apiOrigin, transport }, serviceSid);
    const asked = { bucket, twilio, environmentSid, count: STATUS_DEPLOYMENTS };
    const { listing, past, observed } = await look(asked);
    if (observed.value === undefined) return { listing, past };
    const settings = { ...sliceSettings(config), flow };
    const next = await foreseeNext(bucket, observed.value, config, settings, now);
    return { listing, past, next };
  } finally {
    bucket.close();
    transport.close();
  }
}

function readFlow(json: string | undefined): Told<ReturnType<typeof parseCallFlow>> {
  if (json === undefined)
    return { problem: `The deployment has no call flow: ${CALL_FLOW_FILE} is missing.` };
  try {
    return { value: parseCallFlow(json) };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return { problem: thrown.message };
  }
}

function nextSyncOf({ plan: { guard }, planned }: Foresight): StatusResponse['nextSync'] {
  const { upload, bytes, retire, retain, skip, build } = planned;
  return { upload, bytes, retire, retain, skip, build, ...(guard && { guard }) };
}

function describeLive(
  { build, manifest }: PastBuild,
  deployment: HistoryEntry | undefined,
): StatusResponse['live'] {
  return {
    buildSid: build.sid,
    ...(deployment && { since: deployment.at.toISOString() }),
    ...(deployment?.by && { by: deployment.by }),
    prompts: manifest?.paths.size ?? 0,
  };
}
