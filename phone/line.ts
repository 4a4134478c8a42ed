import { randomBytes } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { type CallIdentity, callParameters, type Parameters } from './parameters';
import { sendRequest, TWILIO_TIMEOUT_MS } from './request';
import type { AppendMode, DialCallStatus, PhoneOptions, SendRequest } from './types';

/** One call in progress: the options with their defaults, and what changes as it goes on. */
export interface Line {
  readonly call: CallIdentity;
  readonly append: AppendMode;
  readonly signMedia: boolean;
  readonly fallbackUrl: string | undefined;
  readonly fallbackOnMediaError: boolean;
  readonly timeoutMs: number;
  readonly send: SendRequest;
  readonly now: () => number;
  readonly dialCallStatus: DialCallStatus;
  readonly messageSeconds: number;
  /** The caller's keys for the Gathers to come; taken from the front. */
  readonly digits: string[];
  sign(url: string, parameters?: Parameters): string;
}

/** @throws RangeError for what is not on a keypad */
export function openLine(options: PhoneOptions): Line {
  const { digits = [] } = options;
  const odd = digits.find((keys) => !/^[0-9*#]*$/.test(keys));
  if (odd !== undefined) throw new RangeError(`digits: '${odd}' is not on a keypad (0-9, *, #)`);
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
    fallbackUrl: options.fallbackUrl,
    fallbackOnMediaError:
      options.fallbackUrl !== undefined && options.fallbackOnMediaError === true,
    timeoutMs: options.timeoutMs ?? TWILIO_TIMEOUT_MS,
    send: options.send ?? sendRequest,
    now: options.now ?? (() => performance.now()),
    dialCallStatus: options.dialCallStatus ?? 'no-answer',
    messageSeconds: options.messageSeconds ?? 0,
    digits: [...digits],
    sign: (url, parameters = {}) =>
      getExpectedTwilioSignature(options.authToken, url, { ...parameters }),
  };
}

/** The call's parameters once it was answered. */
export function answeredParameters(line: Line): Parameters {
  return callParameters(line.call, 'in-progress');
}
