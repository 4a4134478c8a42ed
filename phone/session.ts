import { randomBytes } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { type Keypad, keysInTurn } from './keypad';
import { type CallIdentity, callParameters, type Parameters } from './parameters';
import { type HttpRequest, type HttpResponse, sendRequest } from './request';

/** To which media requests Twilio appends the call's 27 parameters. */
export type AppendMode = 'gather' | 'always' | 'never';

/** https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus */
export type DialCallStatus = 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** @throws {CallError} when no response comes */
export type SendRequest = (request: HttpRequest) => Promise<HttpResponse>;

export interface PhoneOptions {
  readonly authToken: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  /** Default: `to`. */
  readonly forwardedFrom?: string;
  /** Keys for each Gather in turn; an empty or missing entry is a silent caller. */
  readonly digits?: readonly string[];
  /** Where keys come from while the call runs. Default: `digits`. */
  readonly keypad?: Keypad;
  readonly append: AppendMode;
  /** Whether media requests carry X-Twilio-Signature; Twilio documents it for webhooks only. */
  readonly signMedia?: boolean;
  /** Whether signatures cover connection overrides. Twilio says that they do not. */
  readonly signOverrides?: boolean;
  /** Whether `<Play>` heeds connection overrides; Twilio documents them for webhooks only. */
  readonly heedMediaOverrides?: boolean;
  /** The number's fallback URL. */
  readonly fallbackUrl?: string;
  /**
   * Whether a medium that failed reaches the fallback URL. What Twilio does is not documented;
   * by default the call goes on with the next verb.
   */
  readonly fallbackOnMediaError?: boolean;
  /** Events after which the call is cut. Default: CALL_EVENTS. */
  readonly maxEvents?: number;
  /** How a <Dial> ends. Default `no-answer`: nobody is called. */
  readonly dialCallStatus?: DialCallStatus;
  /** Seconds that the caller speaks into a <Record>. Default 0: the message is empty. */
  readonly messageSeconds?: number;
  /** Sends a request; tests make media and webhooks fail here. Default: over the network. */
  readonly send?: SendRequest;
  /** A clock in milliseconds, for durations. */
  readonly now?: () => number;
  /** CA and 32 hexadecimal digits. Default: a random one. */
  readonly callSid?: string;
}

/** One call in progress: the options with their defaults. */
export interface CallSession {
  readonly call: CallIdentity;
  readonly append: AppendMode;
  readonly signMedia: boolean;
  readonly signOverrides: boolean;
  readonly heedMediaOverrides: boolean;
  readonly fallbackUrl: string | undefined;
  readonly fallbackOnMediaError: boolean;
  readonly send: SendRequest;
  readonly now: () => number;
  readonly dialCallStatus: DialCallStatus;
  readonly messageSeconds: number;
  readonly keypad: Keypad;
  sign(url: string, parameters?: Parameters): string;
}

/** @throws {RangeError} for digits that are not on a keypad */
export function openSession(options: PhoneOptions): CallSession {
  return {
    call: {
      callSid: options.callSid ?? `CA${randomBytes(16).toString('hex')}`,
      accountSid: options.accountSid,
      from: options.from,
      to: options.to,
      forwardedFrom: options.forwardedFrom ?? options.to,
    },
    append: options.append,
    signMedia: options.signMedia ?? false,
    signOverrides: options.signOverrides ?? false,
    heedMediaOverrides: options.heedMediaOverrides ?? false,
    fallbackUrl: options.fallbackUrl,
    fallbackOnMediaError:
      options.fallbackUrl !== undefined && options.fallbackOnMediaError === true,
    send: options.send ?? sendRequest,
    now: options.now ?? (() => performance.now()),
    dialCallStatus: options.dialCallStatus ?? 'no-answer',
    messageSeconds: options.messageSeconds ?? 0,
    keypad: options.keypad ?? keysInTurn(options.digits ?? []),
    sign: (url, parameters = {}) =>
      getExpectedTwilioSignature(options.authToken, url, { ...parameters }),
  };
}

/** The call's parameters once it was answered. */
export function answeredParameters(session: CallSession): Parameters {
  return callParameters(session.call, 'in-progress');
}
