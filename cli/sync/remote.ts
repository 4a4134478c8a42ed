import { types } from 'node:util';
import * as v from 'valibot';
import type { Clock } from '../../src/clock';
import { PlayError, withFullStop } from '../../src/errors';
import {
  LIMIT_RETRY_MS,
  REMOTE_ATTEMPTS,
  REMOTE_TEXT_CHARACTERS,
  REMOTE_TIMEOUT_MS,
} from '../../src/limits';
import { isTransientStatus, retryAfterMs, withRetry } from '../../src/retry';
import { GuardError } from '../../src/sync/guard';
import { LACKS, NOTHING_DONE, type SyncEvent, type SyncOutcome } from '../../src/sync/outcome';
import { REASONS } from '../../src/sync/selection';
import { WAITS } from '../../src/sync/waits';

/** What a deployed /sync is called with. */
export interface RemoteCall {
  readonly url: URL;
  readonly secret: string;
  readonly dryRun: boolean;
  readonly force: boolean;
}

export interface RemoteOptions extends RemoteCall {
  readonly clock: Clock;
  /** After how long it is not called again. */
  readonly budgetMs: number;
}

/**
 * Lets a deployment sync itself: calls its /sync until Assets equal S3, or until time is over.
 *
 * @throws {GuardError} when a guard stopped it there
 * @throws {PlayError} when it refuses, fails or cannot be reached
 */
export async function* syncRemotely(
  options: RemoteOptions,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { clock, budgetMs } = options;
  const deadline = clock.now().getTime() + budgetMs;
  let uploaded = 0;
  let buildSid: string | undefined;
  for (;;) {
    const slice = await requestSlice(options, clock, deadline);
    // Each slice reports its own work only.
    uploaded += slice.report.uploaded;
    buildSid = slice.report.buildSid ?? buildSid;
    const report = { ...slice.report, uploaded, ...(buildSid !== undefined && { buildSid }) };
    if (slice.status === 'done') return { ...slice, report };
    const { reason, retryAfter } = slice;
    if (clock.now().getTime() + retryAfter >= deadline) return { ...slice, report };
    yield { type: 'step', report, reason, retryAfter };
    await clock.sleep(retryAfter);
  }
}

/**
 * Calls a deployed /sync, and calls it again after no response or a passing one: each call reads
 * both sides afresh, so calling twice does no harm.
 */
function requestSlice(call: RemoteCall, clock: Clock, deadline: number): Promise<SyncOutcome> {
  return withRetry(
    { clock, deadline, attempts: REMOTE_ATTEMPTS },
    (thrown) => {
      if (!(thrown instanceof RemoteError)) return { retry: false };
      const { status, waitMs } = thrown;
      return status === undefined || isTransientStatus(status)
        ? { retry: true, afterMs: waitMs }
        : { retry: false };
    },
    async () => {
      const response = await send(call);
      const header = response.headers.get('retry-after') ?? undefined;
      const waitMs = retryAfterMs(header, clock.now());
      return readSlice(response, waitMs) ?? refuse(call, response, waitMs);
    },
  ).catch((thrown: unknown) => {
    if (!(thrown instanceof RemoteError) || thrown.status !== 429) throw thrown;
    // Twilio's limit of Functions that run at once: the sync has not failed.
    const { waitMs: retryAfter = LIMIT_RETRY_MS } = thrown;
    return { status: 'pending', reason: 'limit', report: NOTHING_DONE, retryAfter };
  });
}

/** The deployment was not reached, or its response is not that of a slice. */
class RemoteError extends PlayError {
  constructor(
    message: string,
    /** Undefined when no response came, or not the whole of it. */
    readonly status?: number,
    /** What it asked to wait. */
    readonly waitMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface SliceResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send({ url, secret, dryRun, force }: RemoteCall): Promise<SliceResponse> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ dryRun, force }),
      // The deployment never redirects.
      redirect: 'manual',
      signal: AbortSignal.timeout(REMOTE_TIMEOUT_MS),
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

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const report = v.object({
  prompts: count,
  uploaded: count,
  remaining: count,
  retained: count,
  skipped: v.array(
    v.object({
      key: v.string(),
      reason: v.picklist(REASONS),
      unplayable: v.boolean(),
      detail: v.optional(v.string()),
      suggestion: v.optional(v.string()),
    }),
  ),
  skippedCounts: v.optional(
    v.array(v.object({ reason: v.picklist(REASONS), unplayable: v.boolean(), count })),
  ),
  buildSid: v.optional(v.string()),
  lacks: v.optional(v.picklist(LACKS)),
});
const finished = v.pipe(v.string(), v.parseJson(), report);
const unfinished = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ ...report.entries, reason: v.picklist(WAITS) }),
);

/** Undefined when it is not the response of a slice. */
function readSlice(
  { status, text }: SliceResponse,
  waitMs: number | undefined,
): SyncOutcome | undefined {
  if (status === 200) {
    const { success, output } = v.safeParse(finished, text);
    return success ? { status: 'done', report: output } : undefined;
  }
  if (status !== 503 || waitMs === undefined) return undefined;
  const parsed = v.safeParse(unfinished, text);
  if (!parsed.success) return undefined;
  const { reason, ...report } = parsed.output;
  return { status: 'pending', reason, report, retryAfter: waitMs };
}

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  200: 'That is no report of a sync: is this project deployed there, in this version?',
  401: 'ADMIN_SECRET must be the same here and in the variables of the deployment.',
  404: 'Deploy the project first.',
};

function refuse(
  { url }: RemoteCall,
  { status, headers, text }: SliceResponse,
  waitMs?: number,
): never {
  // Only our Functions answer in plain text: a page of something in between is not printed.
  const own = headers.get('content-type')?.startsWith('text/plain') ?? false;
  if (status === 409 && own) throw new GuardError(text);
  const said = own ? `: ${text.trim().slice(0, REMOTE_TEXT_CHARACTERS)}` : '';
  const advice = WHAT_TO_DO[status];
  const answered = withFullStop(`POST ${url}: answered ${status}${said}`);
  // A report that is no JSON did not arrive whole, or something in between has answered.
  const isLost = status === 200 && !v.is(json, text);
  throw new RemoteError(
    `${answered}${advice ? ` ${advice}` : ''}`,
    isLost ? undefined : status,
    waitMs,
  );
}

const json = v.pipe(v.string(), v.parseJson());
