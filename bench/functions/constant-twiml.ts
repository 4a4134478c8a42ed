import { type Callback, type Context, twiml } from './function';

const TEXT =
  '<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/menu" numDigits="1"><Play>https://example.com/menu.mp3</Play></Gather><Redirect>/menu</Redirect></Response>';

/** The same TwiML each time: what Twilio's runtime itself costs. */
export function handler(_: Context, __: object, callback: Callback): void {
  callback(null, twiml(TEXT));
}
