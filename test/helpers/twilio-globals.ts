/** What Twilio's runtime sets before it loads a Function, for tests that load Functions themselves. */

export class TwilioResponse {
  status = 0;
  headers: Record<string, string> = {};
  body: string | Buffer | object = '';
  setStatusCode(status: number) {
    this.status = status;
  }
  setHeaders(headers: Record<string, string>) {
    this.headers = headers;
  }
  setBody(body: string | Buffer | object) {
    this.body = body;
  }
}

export function setTwilioGlobals(
  assets: ReturnType<typeof Runtime.getAssets> = {},
  functions: ReturnType<typeof Runtime.getFunctions> = {},
): void {
  globalThis.Twilio = { Response: TwilioResponse };
  globalThis.Runtime = { getFunctions: () => functions, getAssets: () => assets };
}

export function deleteTwilioGlobals(): void {
  Reflect.deleteProperty(globalThis, 'Twilio');
  Reflect.deleteProperty(globalThis, 'Runtime');
}
