import type { HttpAnswer, HttpRequest } from './request';
import type { TwimlNode } from './twiml';

/** To which media requests Twilio appends the call's 27 parameters. */
export type AppendMode = 'gather' | 'always' | 'never';

/** A request for TwiML. The whole URL is here, as the caller of the phone needs it. */
export interface WebhookStep {
  readonly kind: 'webhook';
  readonly verb: WebhookVerb;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly status?: number;
  readonly contentType?: string;
  /** The TwiML of a good answer. */
  readonly twiml?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
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
export interface MediaStep {
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
  /** Of audio that could be read. */
  readonly durationSeconds?: number;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** The `<Code>` of an S3 error document. */
  readonly s3ErrorCode?: string;
  readonly milliseconds: number;
}

/** A verb that needs no request. `Dial` and `Record` are noted, not performed. */
export interface VerbStep {
  readonly kind: 'verb';
  readonly verb: string;
  readonly attributes: TwimlNode['attributes'];
  readonly text: string;
  /** What the caller pressed in a Gather, without the finishing key; empty for nothing. */
  readonly digits?: string;
}

export type Step = WebhookStep | MediaStep | VerbStep;

export interface CallSummary {
  readonly callSid: string;
  readonly ended: 'end of TwiML' | 'Hangup' | 'Reject' | 'application error';
  /** Why an application error ended the call. */
  readonly errorCode?: number;
  /** Of every step that failed, in order. */
  readonly errorCodes: readonly number[];
}

/** https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus */
export type DialCallStatus = 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** @throws TwilioError when no answer comes */
export type SendRequest = (request: HttpRequest) => Promise<HttpAnswer>;

export interface PhoneOptions {
  readonly authToken: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  /** Default: `to`. */
  readonly forwardedFrom?: string;
  /** Keys for each Gather in turn; an empty or missing entry is a silent caller. */
  readonly digits?: readonly string[];
  readonly append: AppendMode;
  /** Whether media requests carry X-Twilio-Signature; Twilio documents it for webhooks only. */
  readonly signMedia?: boolean;
  /** The number's fallback URL. */
  readonly fallbackUrl?: string;
  /**
   * Whether a medium that failed reaches the fallback URL. What Twilio does is not documented;
   * by default the call goes on with the next verb.
   */
  readonly fallbackOnMediaError?: boolean;
  /** Steps after which the call is cut. Default 200. */
  readonly maxSteps?: number;
  /** Milliseconds to wait for an answer. Default 15 s, as Twilio. */
  readonly timeoutMs?: number;
  /** How a <Dial> ends. Default `no-answer`: nobody is called, so nobody answers. */
  readonly dialCallStatus?: DialCallStatus;
  /** Seconds that the caller speaks into a <Record>. Default 0: the message is empty. */
  readonly messageSeconds?: number;
  /** Sends a request; a medium or a webhook can be made to fail here. Default: over the network. */
  readonly send?: SendRequest;
  /** A clock in milliseconds, for durations. */
  readonly now?: () => number;
  /** CA and 32 hexadecimal digits. Default: a random one. */
  readonly callSid?: string;
}

export interface CallOptions extends PhoneOptions {
  /** The number's voice URL. */
  readonly voiceUrl: string;
}
