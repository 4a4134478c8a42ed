import { type Callback, type Context, twiml } from './function';

const PLAY = '<Play>/constant-audio?bytes=10000</Play>';
const TEXT = `<?xml version="1.0" encoding="UTF-8"?><Response>${PLAY}<Gather action="/constant-calls?at=answer" numDigits="1" timeout="5">${PLAY}</Gather></Response>`;
const ANSWER = `<?xml version="1.0" encoding="UTF-8"?><Response>${PLAY}${PLAY}<Hangup/></Response>`;

/** A call with constant documents and media: a greeting, a question, an answer and a farewell. */
export function handler(_: Context, event: { readonly at?: string }, callback: Callback): void {
  callback(null, twiml(event.at === 'answer' ? ANSWER : TEXT));
}
