import type { CallSummary, MediaEvent, VerbEvent, WebhookEvent } from '../../phone';

/** How a call ended that nobody hung up. */
export function endingOf({ ended, errorCode }: CallSummary): string {
  switch (ended) {
    case 'end of TwiML':
      return 'The TwiML has no further verb, so Twilio hung up.';
    case 'Hangup':
      return 'The call flow hung up.';
    case 'Reject':
      return 'The call was rejected.';
    case 'application error':
      return `Twilio said that an application error has occurred, and hung up (error ${errorCode}).`;
  }
}

/** What went wrong, with Twilio's number of the error; undefined where nothing did. */
export function failureOf({ errorMessage }: MediaEvent | WebhookEvent): string | undefined {
  return errorMessage === undefined ? undefined : failureSentence(errorMessage);
}

/** @param message of a CallError, which begins with its number */
export function failureSentence(message: string): string {
  const [, code, what] = /^(\d{5}): (.*)$/s.exec(message) ?? [];
  return code === undefined ? `${message}.` : `${what} (Twilio's error ${code}).`;
}

/** What a verb does that is neither heard nor asked for, in a few words. */
export function detailOf({ verb, attributes, text }: VerbEvent): string {
  switch (verb) {
    case 'Dial':
      return `${text} (the sandbox calls nobody: there is no answer)`;
    case 'Record':
      return 'a message (the sandbox leaves none)';
    case 'Reject':
      return attributes.reason ?? 'rejected';
    default:
      return text;
  }
}
