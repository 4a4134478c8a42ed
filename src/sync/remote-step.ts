import { types } from 'node:util';
import * as v from 'valibot';
import { PlayError } from '../errors';
import { isTransientStatus, type RetryOptions, retryAfterMs, withRetry } from '../retry';
import { type SyncOutcome, WAITS } from './events';
import { GuardError } from './guard';
import { REASONS } from './refusal';

/** What a deployed /sync is called with. */
export interface RemoteCall {
  readonly url: URL;
  readonly secret: string;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Milliseconds for one step: Twilio ends a Function after ten seconds. */
const TIMEOUT = 30_000;

/** How often a step is tried that is not answered, or not by the Function. */
const ATTEMPTS = 4;

/** Longer texts are somebody else's error page. */
const LONGEST_TEXT = 500;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const reason = v.custom<keyof typeof REASONS>(
  (value) => typeof value === 'string' && Object.hasOwn(REASONS, value),
);
const report = v.object({
  prompts: count,
  uploaded: count,
  remaining: count,
  retained: count,
  skipped: v.array(v.object({ key: v.string(), reason, unplayable: v.boolean() })),
  buildSid: v.optional(v.string()),
});
const finished = v.pipe(v.string(), v.parseJson(), report);
const unfinished = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ ...report.entries, reason: v.picklist(WAITS) }),
);

/**
 * Calls a deployed /sync once, and again where no answer came or a passing one: each call reads both
 * sides afresh, so that calling twice does no harm.
 *
 * @throws {GuardError} when a guard stopped it there
 * @throws {PlayError} when it refuses, fails or cannot be reached
 */
export function requestStep(
  call: RemoteCall,
  { clock, deadline }: Omit<RetryOptions, 'attempts'>,
): Promise<SyncOutcome> {
  return withRetry(
    { clock, deadline, attempts: ATTEMPTS },
    (thrown) => {
      if (!(thrown instanceof RemoteError)) return { retry: false };
      const { status, after } = thrown;
      return status === undefined || isTransientStatus(status)
        ? { retry: true, afterMs: after }
        : { retry: false };
    },
    async () => {
      const answer = await send(call);
      const after = retryAfterMs(answer.headers.get('retry-after') ?? undefined, clock.now());
      return readStep(answer, after) ?? refuse(call, answer, after);
    },
  );
}

/** The deployment was not reached, or its answer is no step. */
class RemoteError extends PlayError {
  constructor(
    message: string,
    /** Undefined when no answer came. */
    readonly status?: number,
    /** Milliseconds to wait, if it said so. */
    readonly after?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send({ url, secret, dryRun, force }: RemoteCall): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ dryRun, force }),
      // Whoever answers a redirect is not the deployment.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    const message = `POST ${url}: no answer: ${rootOf(cause)}.`;
    throw new RemoteError(message, undefined, undefined, { cause });
  }
}

/** `fetch` says "fetch failed" and hides why one or two causes deep. */
function rootOf(thrown: unknown): string {
  if (!types.isNativeError(thrown)) return String(thrown);
  if ('errors' in thrown && Array.isArray(thrown.errors)) return rootOf(thrown.errors[0]);
  return thrown.cause === undefined ? thrown.message : rootOf(thrown.cause);
}

function readStep(
  { status, text }: HttpAnswer,
  after: number | undefined,
): SyncOutcome | undefined {
  if (status === 200) {
    const { success, output } = v.safeParse(finished, text);
    return success ? { status: 'done', report: output } : undefined;
  }
  if (status !== 503 || after === undefined) return undefined;
  const parsed = v.safeParse(unfinished, text);
  if (!parsed.success) return undefined;
  const { reason, ...report } = parsed.output;
  return { status: 'pending', reason, report, retryAfter: after };
}

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  200: 'That is no report of a sync: is this project deployed there, in this version?',
  401: 'ADMIN_SECRET must be the same here and in the variables of the deployment.',
  404: 'Deploy the project first.',
};

function refuse({ url }: RemoteCall, { status, headers, text }: HttpAnswer, after?: number): never {
  const own = headers.get('content-type')?.startsWith('text/plain') ?? false;
  if (status === 409 && own) throw new GuardError(text);
  const said = own ? `: ${text.trim().slice(0, LONGEST_TEXT)}` : '.';
  const advice = WHAT_TO_DO[status];
  const message = `POST ${url}: answered ${status}${said}${advice ? ` ${advice}` : ''}`;
  throw new RemoteError(message, status, after);
}
