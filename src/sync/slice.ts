import * as v from 'valibot';
import { refuseStranger } from '../admin';
import { type Config, readConfig } from '../config';
import { ConfigError, messageOf, PlayError } from '../errors';
import {
  FUNCTION_TIMEOUT_MS,
  SLICE_BYTES_IN_FLIGHT,
  SLICE_GRACE_MS,
  SLICE_MARGIN_MS,
  SLICE_OBJECT_BYTES,
  SLICE_REQUEST_MS,
} from '../limits';
import { log } from '../log';
import { resultOf } from '../result';
import { type FunctionRequest, type FunctionResponse, sentence } from '../runtime';
import { GuardError } from './guard';
import { type SyncOutcome, shortReport } from './outcome';
import { DEFAULTS, type SyncSettings, syncEnvironment } from './sync';

const flag = v.optional(
  v.pipe(
    v.union([v.boolean(), v.picklist(['true', 'false'])]),
    v.transform((value) => value === true || value === 'true'),
  ),
  false,
);
const number = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number))]),
  v.integer(),
  v.minValue(0),
);
const parameters = v.object({ dryRun: flag, force: flag, vanishing: v.optional(number) });

/**
 * Responds to POST /sync by one slice of a sync: 200 with the report when Assets equal S3, 503 with
 * Retry-After while there is more to do, 409 when a guard stopped it (calling again would not
 * help), 401 without the bearer secret. `force=true&vanishing=3` forces it where no more prompts vanish
 * than a person has agreed to: the bucket may have changed since.
 *
 * @param flow the call flow's JSON
 * @throws {ConfigError} when the configuration is not usable
 */
export async function respondToSync(
  { context, event, headers }: FunctionRequest,
  flow: string,
): Promise<FunctionResponse> {
  const refusal = refuseStranger({ context, headers });
  if (refusal) return refusal;
  const config = readConfig(context);
  const { dryRun, force, vanishing } = event;
  const parsed = v.safeParse(parameters, { dryRun, force, vanishing });
  if (!parsed.success) {
    return sentence(400, 'dryRun and force must be true or false, and vanishing a number.');
  }
  const { vanishing: maxForced, ...flags } = parsed.output;
  const settings = { ...sliceSettings(config), ...flags, maxForced, flow };
  try {
    const { serviceSid, environmentSid } = config.twilio;
    if (serviceSid === undefined || environmentSid === undefined) {
      throw new ConfigError('SERVICE_SID and ENVIRONMENT_SID are not set: Twilio sets them.');
    }
    const slice = syncEnvironment(config, serviceSid, settings, async () => ({
      sid: environmentSid,
    }));
    const outcome = await resultOf(slice);
    logOutcome(outcome, settings);
    return toResponse(outcome);
  } catch (thrown) {
    if (!(thrown instanceof PlayError)) throw thrown;
    log('error', 'sync-failed', { function: 'sync', message: messageOf(thrown) });
    if (thrown instanceof GuardError) {
      // A negative Retry-After tells EventBridge not to try again; it would after 409, too.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html#eb-api-destination-error-codes
      return sentence(409, thrown.message, { 'Retry-After': '-1' });
    }
    return sentence(thrown instanceof ConfigError ? 500 : 502, thrown.message);
  }
}

/** What a Function with 256 MB and ten seconds can do. */
export function sliceSettings({ sync: { sliceMs } }: Pick<Config, 'sync'>): SyncSettings {
  const restMs = FUNCTION_TIMEOUT_MS - SLICE_MARGIN_MS - sliceMs - SLICE_GRACE_MS;
  return {
    ...DEFAULTS,
    budgetMs: sliceMs,
    // A request begun last must still end before Twilio's timeout.
    timeoutMs: Math.min(SLICE_REQUEST_MS, restMs),
    minBytesPerSecond: Number.POSITIVE_INFINITY,
    bytesInFlight: SLICE_BYTES_IN_FLIGHT,
    isSlice: true,
    maxObjectBytes: SLICE_OBJECT_BYTES,
  };
}

function toResponse(outcome: SyncOutcome): FunctionResponse {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  const report = shortReport(outcome.report);
  if (outcome.status === 'done') return { status: 200, headers, body: report };
  const seconds = Math.max(1, Math.ceil(outcome.retryAfter / 1000));
  return {
    status: 503,
    headers: { ...headers, 'Retry-After': `${seconds}` },
    body: { ...report, reason: outcome.reason },
  };
}

/** Writes one line: what the Assets are like now. */
function logOutcome(outcome: SyncOutcome, { dryRun }: Pick<SyncSettings, 'dryRun'>): void {
  const { prompts, uploaded, remaining, retained, skipped, buildSid } = outcome.report;
  const counts = { prompts, uploaded, remaining, retained, skipped: skipped.length, buildSid };
  const fields = { function: 'sync', ...(dryRun && { dryRun }), ...counts };
  if (outcome.status === 'done') log('info', 'sync-done', fields);
  else log('info', 'sync-unfinished', { ...fields, reason: outcome.reason });
}
