import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { type Callback, type Context, twiml } from './function';

/** What a tutorial's Function does: a menu by VoiceResponse, with nothing decided. */
export function handler(_: Context, __: object, callback: Callback): void {
  const response = new VoiceResponse();
  response.play('https://example.com/welcome.mp3');
  const gather = response.gather({ action: '/menu', numDigits: 1, timeout: 5 });
  gather.play('https://example.com/menu.mp3');
  response.redirect('/menu');
  callback(null, twiml(response.toString()));
}
