import type { IncomingMessage } from 'node:http';

/** Variables of a deployment, as the Functions of the bench read them. */
export type Context = Readonly<Record<string, string>>;

export type Callback = (error: unknown, response?: object) => void;

/** A Buffer as the answer to a request for audio. */
export function audio(body: Buffer): object {
  return respond('audio/mpeg', body);
}

/** Answers a request for audio with the body of S3's response. */
export function passOn(callback: Callback): (response: IncomingMessage) => void {
  return (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('error', callback);
    response.on('end', () => callback(null, audio(Buffer.concat(chunks))));
  };
}

/** TwiML as the answer to a webhook. */
export function twiml(body: string): object {
  return respond('text/xml', body);
}

function respond(contentType: string, body: string | Buffer): object {
  const response = new Twilio.Response();
  response.setStatusCode(200);
  response.setHeaders({ 'Content-Type': contentType });
  response.setBody(body);
  return response;
}
