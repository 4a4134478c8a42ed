import { PlayError } from '../src/errors';
import type { TwimlNode } from './twiml';

/** One thing that happens in a call. */
export type CallEvent = WebhookEvent | MediaEvent | VerbEvent;

/** A request for TwiML. */
export interface WebhookEvent {
  readonly kind: 'webhook';
  readonly verb: WebhookVerb;
  readonly method: 'GET' | 'POST';
  /** Whole, with its query, without connection overrides. */
  readonly url: string;
  readonly status?: number;
  readonly contentType?: string;
  /** The TwiML of a good response. */
  readonly twiml?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** What came of each attempt that failed, in a few words. */
  readonly failedAttempts: readonly string[];
  /** All attempts together. */
  readonly milliseconds: number;
}
export type WebhookVerb =
  | 'voice'
  | 'Gather action'
  | 'Dial action'
  | 'Record action'
  | 'Redirect'
  | 'fallback';

/** A medium that was fetched to be played. */
export interface MediaEvent {
  readonly kind: 'media';
  readonly verb: 'Play' | 'Gather › Play';
  /** As the TwiML has it. */
  readonly url: string;
  /** What was requested first: `url` resolved, with the appended parameters. */
  readonly mediaUrl: string;
  /** How many parameters were appended. */
  readonly appended: number;
  /** Whether the requests carried X-Twilio-Signature. */
  readonly signed: boolean;
  /** Where each redirect led, with the parameters that it carried along. */
  readonly redirects: readonly string[];
  readonly loop: number;
  readonly status?: number;
  readonly contentType?: string;
  readonly bytes: number;
  readonly body?: Buffer;
  /** Undefined if the audio could not be read. */
  readonly durationSeconds?: number;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** The `<Code>` of an S3 error document. */
  readonly s3ErrorCode?: string;
  readonly milliseconds: number;
}

/** A verb that needs no request. `Dial` and `Record` are noted, not performed. */
export interface VerbEvent {
  readonly kind: 'verb';
  readonly verb: string;
  readonly attributes: TwimlNode['attributes'];
  readonly text: string;
  /** What the caller pressed in a Gather, without the finishing key; empty for nothing. */
  readonly digits?: string;
}

/** How a call ended. */
export interface CallSummary {
  readonly callSid: string;
  readonly ended: 'end of TwiML' | 'Hangup' | 'Reject' | 'application error';
  /** Why an application error ended the call. */
  readonly errorCode?: number;
  /** Of every event that failed, in order. */
  readonly errorCodes: readonly number[];
}

/**
 * A failure that Twilio has a number for: https://www.twilio.com/docs/api/errors
 * The message says what was tried and what came back. It holds no query, as queries carry signatures.
 */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}

/** The call has more events than it may: most likely its TwiML is a loop. */
export class TooManyEventsError extends PlayError {
  constructor(maxEvents: number) {
    super(`The call was cut after ${maxEvents} steps: does its TwiML lead back to itself?`);
  }
}
