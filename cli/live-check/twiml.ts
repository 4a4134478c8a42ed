import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { CARRIED, next, PLACE, type Place, type Step } from './steps';

/**
 * The TwiML of one step of the test call: it plays one medium, then goes on to the next step.
 *
 * @param origin of the temporary Service, such as https://name-1234-dev.twil.io
 */
export function stepTwiml(step: Step, origin: string): string {
  const response = new VoiceResponse();
  const url = (path: string, place: Place) => `${origin}${path}?${PLACE}=${place}`;
  const gather = () => response.gather({ numDigits: 1, timeout: 1 });
  switch (step) {
    case 'play':
      response.say('This is a test call. Please stay on the line for half a minute.');
      response.play(url('/medium', 'play'));
      break;
    case 'gather':
      gather().play(url('/medium', 'gather'));
      break;
    case 'redirect':
      response.play(`${url('/redirect', 'redirect')}&${CARRIED}=yes`);
      break;
    case 'protected':
      response.play(url('/protected.mp3', 'protected'));
      break;
    case 'protected-gather':
      gather().play(url('/protected.mp3', 'protected-gather'));
      break;
    case 'forbidden':
      response.play(url('/forbidden', 'forbidden'));
      response.play(url('/medium', 'after-forbidden'));
      break;
    case 'end':
      response.say('Thank you. Goodbye.');
      response.hangup();
      return response.toString();
  }
  response.redirect({ method: 'POST' }, url('/voice', next(step)));
  return response.toString();
}
