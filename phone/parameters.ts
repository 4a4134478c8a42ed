/** Who calls whom. It is the same in every request of a call. */
export interface CallIdentity {
  readonly callSid: string;
  readonly accountSid: string;
  /** The caller: E.164, a SIP address or a word such as `anonymous`. */
  readonly from: string;
  /** The number that was called. */
  readonly to: string;
  /** The number that the call was forwarded from. */
  readonly forwardedFrom: string;
}

export type CallStatus = 'ringing' | 'in-progress';
export type Parameters = Readonly<Record<string, string>>;

const API_VERSION = '2010-04-01';
const COUNTRIES: readonly (readonly [prefix: string, country: string])[] = [
  ['+81', 'JP'],
  ['+1', 'US'],
];

/**
 * The 27 parameters of a call, in the order in which Twilio appended them to the media requests
 * of a `<Gather>` in 2019. Webhooks carry the same:
 * https://www.twilio.com/docs/voice/twiml#request-parameters
 */
export function callParameters(call: CallIdentity, status: CallStatus): Parameters {
  const calledCountry = countryOf(call.to);
  const callerCountry = countryOf(call.from);
  return {
    Called: call.to,
    ToState: '',
    CallerCountry: callerCountry,
    Direction: 'inbound',
    CalledVia: call.forwardedFrom,
    CallerState: '',
    ToZip: '',
    CallSid: call.callSid,
    To: call.to,
    CallerZip: '',
    ToCountry: calledCountry,
    ApiVersion: API_VERSION,
    CalledZip: '',
    CalledCity: '',
    CallStatus: status,
    From: call.from,
    AccountSid: call.accountSid,
    CalledCountry: calledCountry,
    CallerCity: '',
    Caller: call.from,
    FromCountry: callerCountry,
    ToCity: '',
    FromCity: '',
    CalledState: '',
    ForwardedFrom: call.forwardedFrom,
    FromZip: '',
    FromState: '',
  };
}

/** Form encoding: `+8150` is `%2B8150`, a blank is `+`. */
export function encodeParameters(parameters: Parameters): string {
  return new URLSearchParams(parameters).toString();
}

function countryOf(number: string): string {
  return COUNTRIES.find(([prefix]) => number.startsWith(prefix))?.[1] ?? '';
}
