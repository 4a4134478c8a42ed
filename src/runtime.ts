import { ConfigError, messageOf } from './errors';
import { callSidOf, log } from './log';
import { createHeaderReader, type RequestHeaders } from './request-headers';

/** The part of Twilio's Response that we use: https://www.twilio.com/docs/serverless/functions-assets/functions/invocation */
interface TwilioResponse {
  setStatusCode(status: number): void;
  setHeaders(headers: Record<string, string>): void;
  setBody(body: string | Buffer | object): void;
}

interface RuntimeFile {
  readonly path: string;
}

declare global {
  /** Globals that Twilio's runtime sets before it loads a Function. */
  var Twilio: { Response: new () => TwilioResponse };
  var Runtime: {
    getFunctions(): Record<string, RuntimeFile>;
    getAssets(): Record<string, RuntimeFile & { open(): string }>;
  };
}

/** What a Function answers. The runtime sends an object body as JSON. */
export interface FunctionResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | object;
}

/** What a Function is called with, unchecked. */
export interface FunctionRequest {
  /** The environment variables of the Service, and what Twilio adds. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Parameters of query and body; the body wins, repeated ones are arrays. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Empty where a parameter named `request` can be seen to have replaced them. */
  readonly headers: RequestHeaders;
}

type Handler = (
  context: Record<string, unknown>,
  event: Record<string, unknown>,
  callback: (error: null, response: TwilioResponse) => void,
) => void;

/**
 * Makes a Twilio Function of `respond`: a plain function that returns nothing and calls `callback`,
 * because async handlers need a Runtime Handler that is not on npm
 * (https://www.twilio.com/docs/serverless/functions-assets/async-await-migration). An error becomes one
 * log line and the response of `onError`: left alone it would end the local runtime, and
 * `callback(error)` would send its stack to the caller.
 */
export function defineFunction(
  name: string,
  respond: (request: FunctionRequest) => Promise<FunctionResponse>,
  onError: (thrown: unknown) => FunctionResponse,
): Handler {
  const respondAlways = async (request: FunctionRequest): Promise<FunctionResponse> => {
    try {
      return await respond(request);
    } catch (thrown) {
      const callSid = callSidOf(request.event);
      log('error', 'function-failed', { function: name, callSid, message: messageOf(thrown) });
      return onError(thrown);
    }
  };
  const readHeaders = createHeaderReader();
  return (context, event, callback) => {
    respondAlways({ context, event, headers: readHeaders(event) }).then((response) =>
      callback(null, toTwilioResponse(response)),
    );
  };
}

function toTwilioResponse({ status, headers, body }: FunctionResponse): TwilioResponse {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  response.setHeaders(headers);
  response.setBody(body);
  return response;
}

/**
 * Loads a private Function of this deployment. It has no URL, and holds what other Functions seldom
 * need: a Function is one file.
 *
 * https://www.twilio.com/docs/serverless/functions-assets/visibility
 *
 * @param isIt checked by hand: a library for it would be a tenth of what a cold /audio loads
 * @throws {ConfigError} when it was not deployed
 */
export function requirePrivateFunction<Exports>(
  name: string,
  isIt: (exports: unknown) => exports is Exports,
): Exports {
  const functions = Runtime.getFunctions();
  const file = functions[name] ?? functions[`/${name}`];
  if (!file) {
    throw new ConfigError(
      `Loading the private Function ${name}: it is not in this Build. Run npm run build, and deploy the whole project again.`,
    );
  }
  const exports: unknown = require(file.path);
  if (!isIt(exports)) throw new TypeError(`${file.path} is not the private Function ${name}.`);
  return exports;
}

/** A response of one plain sentence, for a person or a program. */
export function sentence(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): FunctionResponse {
  return {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      ...headers,
    },
    body,
  };
}
