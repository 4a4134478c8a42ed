/**
 * The parameters that Twilio appended to media requests within <Gather>:
 * https://www.twilio.com/docs/voice/twiml#request-parameters
 */
export const TWILIO_PARAMETERS: ReadonlySet<string> = new Set([
  'AccountSid',
  'ApiVersion',
  'CallSid',
  'CallStatus',
  'Called',
  'CalledCity',
  'CalledCountry',
  'CalledState',
  'CalledVia',
  'CalledZip',
  'Caller',
  'CallerCity',
  'CallerCountry',
  'CallerState',
  'CallerZip',
  'Direction',
  'ForwardedFrom',
  'From',
  'FromCity',
  'FromCountry',
  'FromState',
  'FromZip',
  'To',
  'ToCity',
  'ToCountry',
  'ToState',
  'ToZip',
]);
