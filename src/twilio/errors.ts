import * as v from 'valibot';
import { messageOf, PlayError } from '../errors';
import { OutOfTimeError } from '../retry';
import { refusal } from './resources';

export interface TwilioErrorOptions extends ErrorOptions {
  /** HTTP status; undefined when no answer came. */
  readonly status?: number;
  /** Twilio's own code: https://www.twilio.com/docs/api/errors */
  readonly code?: number;
}

/** Twilio's API refused a request or could not be reached. */
export class TwilioError extends PlayError {
  readonly status: number | undefined;
  readonly code: number | undefined;

  constructor(message: string, { status, code, ...options }: TwilioErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  401: 'Check ACCOUNT_SID and AUTH_TOKEN.',
  403: 'The account may not do this: check that ACCOUNT_SID owns the Service.',
  407: 'That is the proxy of HTTP_PROXY: give it a user name and a password.',
  429: 'Twilio limits requests and Builds (100 an hour): try again later.',
};

/**
 * Says what was tried and what came back.
 *
 * @param thrown the library's exception, an answer's body with its status, or a broken connection
 */
export function twilioError(tried: string, thrown: unknown): PlayError {
  if (thrown instanceof OutOfTimeError) return thrown;
  const parsed = v.safeParse(refusal, thrown);
  if (!parsed.success || parsed.output.status === undefined) {
    return new TwilioError(`${tried}: Twilio could not be reached: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
  const { status, code, message } = parsed.output;
  const codeNote = code === undefined ? '' : ` (${code})`;
  const advice = WHAT_TO_DO[status];
  return new TwilioError(
    `${tried}: Twilio answered ${status}${codeNote}: ${asSentence(message ?? 'no message')}${advice ? ` ${advice}` : ''}`,
    { status, code, cause: thrown },
  );
}

/**
 * Asks Twilio's API by the `twilio` library.
 *
 * @param tried such as "Listing the Builds"
 * @throws {TwilioError} saying what was tried and what came back
 */
export async function askTwilio<T>(tried: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw twilioError(tried, thrown);
  }
}

/** Twilio ends some of its messages with a full stop, and some without. */
function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
