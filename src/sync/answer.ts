import { createHash, timingSafeEqual } from 'node:crypto';
import { ADMIN_SECRET_LENGTH, readConfig } from '../config';
import { ConfigError } from '../errors';
import { type Answer, type Call, sentence } from '../runtime';
import { type SyncOutcome, sync } from '.';

/** Milliseconds for one step: Amazon EventBridge waits five seconds for an answer. */
const BUDGET = 4000;

/**
 * Answers POST /sync: 200 with the report when Assets equal S3, 503 with Retry-After while there is
 * more to do, 401 without the bearer secret.
 */
export async function answerSync({ context, headers }: Call): Promise<Answer> {
  const config = readConfig(context);
  if (config.adminSecret === undefined) {
    return sentence(
      503,
      `Set ADMIN_SECRET to ${ADMIN_SECRET_LENGTH} characters or more to open this address.`,
    );
  }
  if (!isBearer(headers.authorization, config.adminSecret)) {
    return sentence(401, 'This address needs authorization.', { 'WWW-Authenticate': 'Bearer' });
  }
  const { serviceSid, environmentSid } = config.twilio;
  if (serviceSid === undefined || environmentSid === undefined) {
    throw new ConfigError('SERVICE_SID and ENVIRONMENT_SID are not set: Twilio sets them.');
  }
  return toAnswer(
    await run(sync(config, { service: serviceSid, environment: environmentSid }, BUDGET)),
  );
}

async function run(steps: AsyncGenerator<unknown, SyncOutcome>): Promise<SyncOutcome> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

function toAnswer(outcome: SyncOutcome): Answer {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  if (outcome.status === 'done') return { status: 200, headers, body: outcome.report };
  const seconds = Math.max(1, Math.ceil(outcome.retryAfter / 1000));
  return {
    status: 503,
    headers: { ...headers, 'Retry-After': `${seconds}` },
    body: outcome.report,
  };
}

/** Compares hashes, so that neither content nor length of the secret shows in the time it takes. */
function isBearer(header: string | undefined, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${secret}`));
}
