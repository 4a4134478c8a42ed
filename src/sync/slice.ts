import { createHash, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { type Config, readConfig } from '../config';
import { ConfigError, messageOf, PlayError } from '../errors';
import { ADMIN_SECRET_CHARACTERS } from '../limits';
import { resultOf } from '../result';
import { type FunctionRequest, type FunctionResponse, log, sentence } from '../runtime';
import { DEFAULTS, GRACE, GuardError, type SyncOutcome, type SyncSettings, sync } from '.';

/** What a Function with 256 MB and ten seconds can carry. */
const STEP = {
  bytesInFlight: 32_000_000,
  largest: 8_000_000,
  slowest: Number.POSITIVE_INFINITY,
};

/** Milliseconds for the whole answer: Twilio ends a Function after ten seconds. */
const FUNCTION_TIME = 9500;

/** The most for one request, in milliseconds. */
const PATIENCE = 5000;

const flag = v.optional(
  v.pipe(
    v.union([v.boolean(), v.picklist(['true', 'false'])]),
    v.transform((value) => value === true || value === 'true'),
  ),
  false,
);
const parameters = v.object({ dryRun: flag, force: flag });

/**
 * Answers POST /sync, one bounded step: 200 with the report when Assets equal S3, 503 with
 * Retry-After while there is more to do, 409 when a guard stopped it (calling again would not
 * help), 401 without the bearer secret.
 *
 * @param flow the call flow's JSON
 */
export async function answerSync(
  { context, event, headers }: FunctionRequest,
  flow: string,
): Promise<FunctionResponse> {
  const config = readConfig(context);
  if (config.adminSecret === undefined) {
    return sentence(
      503,
      `Set ADMIN_SECRET to ${ADMIN_SECRET_CHARACTERS} characters or more to open this address.`,
    );
  }
  if (!isBearer(headers.authorization, config.adminSecret)) {
    return sentence(401, 'This address needs authorization.', { 'WWW-Authenticate': 'Bearer' });
  }
  const parsed = v.safeParse(parameters, { dryRun: event.dryRun, force: event.force });
  if (!parsed.success) return sentence(400, 'dryRun and force must be true or false.');
  const { sliceMs: budget } = config.sync;
  const timeout = Math.min(PATIENCE, FUNCTION_TIME - budget - GRACE);
  const settings = {
    ...DEFAULTS,
    ...STEP,
    ...parsed.output,
    budget,
    timeout,
    flow,
    flowIsLive: true,
  };
  try {
    return toAnswer(await runStep(config, settings));
  } catch (thrown) {
    if (!(thrown instanceof PlayError)) throw thrown;
    log('error', { function: 'sync', message: messageOf(thrown) });
    return sentence(statusOf(thrown), thrown.message, headersOf(thrown));
  }
}

async function runStep(config: Config, settings: SyncSettings): Promise<SyncOutcome> {
  const { serviceSid, environmentSid } = config.twilio;
  if (serviceSid === undefined || environmentSid === undefined) {
    throw new ConfigError('SERVICE_SID and ENVIRONMENT_SID are not set: Twilio sets them.');
  }
  return resultOf(sync(config, { service: serviceSid, environment: environmentSid }, settings));
}

function statusOf(error: PlayError): number {
  if (error instanceof GuardError) return 409;
  return error instanceof ConfigError ? 500 : 502;
}

/**
 * EventBridge tries again after 409, too, unless it is told not to.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html#eb-api-destination-error-codes
 */
function headersOf(error: PlayError): Record<string, string> {
  return error instanceof GuardError ? { 'Retry-After': '-1' } : {};
}

function toAnswer(outcome: SyncOutcome): FunctionResponse {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  if (outcome.status === 'done') return { status: 200, headers, body: outcome.report };
  const seconds = Math.max(1, Math.ceil(outcome.retryAfter / 1000));
  return {
    status: 503,
    headers: { ...headers, 'Retry-After': `${seconds}` },
    body: { ...outcome.report, reason: outcome.reason },
  };
}

/**
 * Compares hashes, so that neither content nor length of the secret shows in the time it takes. The
 * scheme's name has no case: https://www.rfc-editor.org/rfc/rfc9110#section-11.1
 */
function isBearer(header = '', secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header.replace(/^bearer /i, 'Bearer ')), hash(`Bearer ${secret}`));
}
