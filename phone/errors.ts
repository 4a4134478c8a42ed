import { PlayError } from '../src/errors';

/**
 * A failure that Twilio has a number for: https://www.twilio.com/docs/api/errors
 * The message says what was tried and what came back, without queries (they carry signatures).
 */
export class TwilioError extends Error {
  override readonly name = 'TwilioError';

  constructor(
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}

/** The call went on for more steps than it was given: most likely its TwiML is a loop. */
export class TooManyStepsError extends PlayError {
  constructor(maxSteps: number) {
    super(`The call was cut after ${maxSteps} steps: does its TwiML lead back to itself?`);
  }
}
