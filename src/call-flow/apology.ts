import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';

/** Twilio hangs up after this many seconds of ringing, and goes on with the next verb. */
const RING_SECONDS = 30;

/**
 * TwiML for a caller to whom the flow cannot be played: says so, and connects to the operator if
 * there is one.
 *
 * @param operator a phone number in E.164
 */
export function apologise(operator?: string, callerId?: string): string {
  const response = new VoiceResponse();
  if (operator === undefined) {
    response.say(
      'We are sorry. This line cannot take your call at the moment. Please try again later.',
    );
  } else {
    response.say('We are sorry, our menu is not available. Please hold for an operator.');
    response.dial({ timeout: RING_SECONDS, ...(callerId && { callerId }) }).number(operator);
    response.say('Thank you for calling. Goodbye.');
  }
  response.hangup();
  return response.toString();
}
