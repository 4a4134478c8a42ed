import * as v from 'valibot';
import { messageOf, PlayError } from '../errors';
import { BUILDS_PER_HOUR } from '../limits';
import { OutOfTimeError } from '../retry';
import { errorBody } from './resources';

export interface TwilioApiErrorOptions extends ErrorOptions {
  /** HTTP status; undefined when no answer came. */
  readonly status?: number;
  /** Twilio's own code: https://www.twilio.com/docs/api/errors */
  readonly code?: number;
}

/** An error answer of Twilio's REST API, or no answer. */
export class TwilioApiError extends PlayError {
  readonly status: number | undefined;
  readonly code: number | undefined;

  constructor(message: string, { status, code, ...options }: TwilioApiErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  401: 'Check ACCOUNT_SID and AUTH_TOKEN.',
  403: 'The account may not do this: check that ACCOUNT_SID owns the Service.',
  407: 'That is the proxy of HTTP_PROXY: give it a user name and a password.',
  429: `Twilio limits requests and Builds (${BUILDS_PER_HOUR} an hour): try again later.`,
};

/**
 * Says what was tried, what came back and what to do.
 *
 * @param tried such as "Listing the Builds"
 * @param thrown the library's exception, a response's body with its status, or a broken connection
 */
export function toTwilioApiError(tried: string, thrown: unknown): PlayError {
  if (thrown instanceof OutOfTimeError) return thrown;
  const parsed = v.safeParse(errorBody, thrown);
  if (!parsed.success || parsed.output.status === undefined) {
    return new TwilioApiError(`${tried}: Twilio could not be reached: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
  const { status, code, message = 'no message' } = parsed.output;
  // Only some of Twilio's messages end with a full stop.
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  const codeNote = code === undefined ? '' : ` (${code})`;
  const advice = WHAT_TO_DO[status];
  return new TwilioApiError(
    `${tried}: Twilio answered ${status}${codeNote}: ${sentence}${advice ? ` ${advice}` : ''}`,
    { status, code, cause: thrown },
  );
}

/**
 * Asks Twilio's API by the `twilio` library.
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
