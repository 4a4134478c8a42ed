import type { Clock } from '../../src/clock';
import type { Delivery } from './template';

/** How long an API destination may take. */
const DESTINATION_TIMEOUT_MS = 5000;
/** Not documented; 185 attempts within 24 hours leave eight minutes for each. */
const BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 8 * 60_000;

/** What came of one call. */
export type Answer =
  | { readonly status: number; readonly retryAfter?: string }
  | { readonly status?: undefined; readonly problem: 'timeout' | 'no connection' };

export type Send = (delivery: Delivery) => Promise<Answer>;

export interface Outcome {
  readonly status: 'delivered' | 'dead letter';
  readonly calls: number;
  /** Of the last call. */
  readonly answer: Answer;
}

export interface Attempt {
  readonly answer: Answer;
  /** Calls so far. */
  readonly calls: number;
  /** Milliseconds since the event. */
  readonly ageMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export type Next =
  | { readonly action: 'delivered' | 'dead letter' }
  | { readonly action: 'call again'; readonly afterMs: number };

/**
 * What EventBridge does after a call of an API destination.
 *
 * | answer                                           | then                                   |
 * |--------------------------------------------------|----------------------------------------|
 * | 2xx                                              | delivered                              |
 * | 401, 407, 409, 429, 5xx, none in 5 s             | again, as the retry policy allows      |
 * | any other                                        | dead letter                            |
 * | with a `Retry-After` of seconds                  | again after that, where that is longer |
 * | with a negative one, or one past the event's age | dead letter                            |
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export function nextStep(
  { answer, calls, ageMs, random }: Attempt,
  { maxAgeMs, maxRetries }: Pick<Delivery, 'maxAgeMs' | 'maxRetries'>,
): Next {
  const { status } = answer;
  if (status !== undefined && status >= 200 && status < 300) return { action: 'delivered' };
  const asked = status === undefined ? undefined : answer.retryAfter;
  const isRefused = asked !== undefined && /^-\d+$/.test(asked);
  if (!mayRetry(status) || isRefused || calls > maxRetries) return { action: 'dead letter' };
  const backoffMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (calls - 1)) * (0.5 + random / 2);
  const askedMs = asked !== undefined && /^\d{1,9}$/.test(asked) ? Number(asked) * 1000 : 0;
  const afterMs = Math.max(backoffMs, askedMs);
  return ageMs + afterMs > maxAgeMs ? { action: 'dead letter' } : { action: 'call again', afterMs };
}

const RETRIED: ReadonlySet<number> = new Set([401, 407, 409, 429]);

function mayRetry(status: number | undefined): boolean {
  return status === undefined || RETRIED.has(status) || (status >= 500 && status < 600);
}

export interface DeliverOptions {
  readonly clock: Clock;
  readonly send: Send;
  /** Resolves when the rate allows another call. */
  readonly pace: () => Promise<void>;
  /** Rejects all that waits. */
  readonly signal?: AbortSignal;
}

/** Calls the destination until it has taken the event, or the retry policy ends. */
export async function deliver(
  delivery: Delivery,
  { clock, send, pace, signal }: DeliverOptions,
): Promise<Outcome> {
  const eventMs = clock.now().getTime();
  for (let calls = 1; ; calls++) {
    await pace();
    const answer = await send(delivery);
    const ageMs = clock.now().getTime() - eventMs;
    const next = nextStep({ answer, calls, ageMs, random: clock.random() }, delivery);
    if (next.action !== 'call again') return { status: next.action, calls, answer };
    await clock.sleep(next.afterMs, signal);
  }
}

/** Lets calls begin one after the other, at this rate and no faster. */
export function pacer(
  callsPerSecond: number,
  clock: Clock,
  signal?: AbortSignal,
): () => Promise<void> {
  const gapMs = 1000 / callsPerSecond;
  let freeAtMs = 0;
  return async () => {
    const nowMs = clock.now().getTime();
    const atMs = Math.max(nowMs, freeAtMs);
    freeAtMs = atMs + gapMs;
    if (atMs > nowMs) await clock.sleep(atMs - nowMs, signal);
  };
}

/** @param signal cuts a call off */
export function sender(signal: AbortSignal, timeoutMs = DESTINATION_TIMEOUT_MS): Send {
  return async ({ method, url, header, body }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        // Beside the connection's header, those that EventBridge sends.
        headers: {
          'content-type': 'application/json; charset=utf-8',
          range: 'bytes=0-1048575',
          'user-agent': 'Amazon/EventBridge/ApiDestinations',
          [header.name]: header.value,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
      });
      await response.arrayBuffer();
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      return { status: response.status, ...(retryAfter !== undefined && { retryAfter }) };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return { problem: timeout.aborted ? 'timeout' : 'no connection' };
    }
  };
}
