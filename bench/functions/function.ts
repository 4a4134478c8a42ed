/** Variables of a deployment, as the Functions of the bench read them. */
export type Context = Readonly<Record<string, string>>;

export type Callback = (error: unknown, response?: object) => void;

/** A Buffer as the answer to a request for audio. */
export function audio(body: Buffer): object {
  const response = new Twilio.Response();
  response.setStatusCode(200);
  response.setHeaders({ 'Content-Type': 'audio/mpeg' });
  response.setBody(body);
  return response;
}

/** TwiML as the answer to a webhook. */
export function twiml(body: string): object {
  const response = new Twilio.Response();
  response.setStatusCode(200);
  response.setHeaders({ 'Content-Type': 'text/xml' });
  response.setBody(body);
  return response;
}
