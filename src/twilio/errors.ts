import * as v from 'valibot';
import { messageOf, PlayError, withFullStop } from '../errors';
import { BUILDS_PER_HOUR } from '../limits';
import { isTransientStatus, OutOfTimeError, type Verdict } from '../retry';
import { errorBody } from './resources';

export interface TwilioApiErrorOptions extends ErrorOptions {
  /** HTTP status of a refusal; undefined when the answer is lost. */
  readonly status?: number;
  /** Twilio's own code: https://www.twilio.com/docs/api/errors */
  readonly code?: number;
  /** What Twilio asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A refusal of Twilio's REST API, or a lost answer. */
export class TwilioApiError extends PlayError {
  readonly status: number | undefined;
  readonly code: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { status, code, retryAfterMs, ...options }: TwilioApiErrorOptions = {},
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The connection broke, or what came is not the answer to the request, such as a page to sign in to.
 * Twilio may have done what was asked all the same.
 */
export class LostAnswerError extends PlayError {}

/** A broken connection, even behind a status of success. */
export function noConnection(cause: unknown): LostAnswerError {
  return new LostAnswerError(`Twilio could not be reached: ${messageOf(cause)}`, { cause });
}

/** Whether Twilio itself said that there is no such thing: a server in between knows nothing of it. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof TwilioApiError && thrown.status === 404 && thrown.code !== undefined;
}

/** Whether Twilio has such a thing already, or has done already what was asked. */
export function isConflict(thrown: unknown): boolean {
  return thrown instanceof TwilioApiError && thrown.status === 409;
}

/** Whether Twilio limits requests or Builds. The same request succeeds later. */
export function isLimited(thrown: unknown): boolean {
  return thrown instanceof TwilioApiError && thrown.status === 429;
}

/** Whether to look again, and then to repeat a request that Twilio may have followed or not. */
export function judgeLost(thrown: unknown): Verdict {
  if (!(thrown instanceof TwilioApiError)) return { retry: false };
  const { status, retryAfterMs: afterMs } = thrown;
  return { retry: status === undefined || isTransientStatus(status), afterMs };
}

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  401: 'Check ACCOUNT_SID and AUTH_TOKEN, or API_KEY and API_SECRET: they must be those of the region US1.',
  403: 'The account may not do this: check that ACCOUNT_SID owns the Service, and that API_KEY is no restricted key.',
  407: 'That is the proxy of HTTPS_PROXY: give it a user name and a password.',
  429: `Twilio limits requests and Builds (${BUILDS_PER_HOUR} an hour): try again later.`,
};

/**
 * Says what was tried, what came back and what to do.
 *
 * @param tried such as "Listing the Builds"
 * @param thrown the library's exception, an error response's body with its status, or a lost answer
 */
export function toTwilioApiError(
  tried: string,
  thrown: unknown,
  retryAfterMs?: number,
): OutOfTimeError | TwilioApiError {
  if (thrown instanceof OutOfTimeError || thrown instanceof TwilioApiError) return thrown;
  const parsed = v.safeParse(errorBody, thrown);
  if (!parsed.success) {
    const { message } = thrown instanceof LostAnswerError ? thrown : noConnection(thrown);
    return new TwilioApiError(`${tried}: ${withFullStop(message)}`, { cause: thrown });
  }
  const { status, code, message = 'no message' } = parsed.output;
  const codeNote = code === undefined ? '' : ` (${code})`;
  const advice = WHAT_TO_DO[status];
  return new TwilioApiError(
    `${tried}: Twilio answered ${status}${codeNote}: ${withFullStop(message)}${advice ? ` ${advice}` : ''}`,
    { status, code, retryAfterMs, cause: thrown },
  );
}

/**
 * Asks Twilio's API.
 *
 * @param tried such as "Listing the Builds"
 * @throws {TwilioApiError} saying what was tried and what came back
 */
export async function askTwilio<T>(tried: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw toTwilioApiError(tried, thrown);
  }
}
