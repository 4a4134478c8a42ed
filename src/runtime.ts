import { messageOf } from './errors';
import { log } from './log';

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
  /** Globals that Twilio's runtime sets before a Function is loaded. */
  var Twilio: { Response: new () => TwilioResponse };
  var Runtime: {
    getFunctions(): Record<string, RuntimeFile>;
    getAssets(): Record<string, RuntimeFile & { open(): string }>;
  };
}

/** What a Function answers. An object body is sent as JSON by the runtime. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | object;
}

/** What a Function is called with, as it came: nothing of it has been checked. */
export interface Call {
  readonly context: Readonly<Record<string, unknown>>;
  /** Parameters of query and body; the body wins, repeated ones are arrays. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Names in lower case. A parameter named `request` may have replaced them. */
  readonly headers: Readonly<Record<string, string>>;
}

type Handler = (
  context: Record<string, unknown>,
  event: Record<string, unknown>,
  callback: (error: null, response: TwilioResponse) => void,
) => void;

/**
 * Makes a Twilio Function of `answer`: a plain function that returns nothing and calls `callback`, as
 * async handlers need a Runtime Handler that npm does not have
 * (https://www.twilio.com/docs/serverless/functions-assets/async-await-migration). An error is logged
 * as one line and answered by `onError`: an unhandled one would end the local runtime, and
 * `callback(error)` would send the stack to the caller.
 */
export function defineFunction(
  name: string,
  answer: (call: Call) => Promise<Answer>,
  onError: (thrown: unknown) => Answer,
): Handler {
  const answerOrApologize = async (call: Call): Promise<Answer> => {
    try {
      return await answer(call);
    } catch (thrown) {
      log('error', { function: name, message: messageOf(thrown) });
      return onError(thrown);
    }
  };
  return (context, event, callback) => {
    answerOrApologize({ context, event, headers: headersOf(event) }).then((result) =>
      callback(null, toResponse(result)),
    );
  };
}

function toResponse({ status, headers, body }: Answer): TwilioResponse {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  response.setHeaders(headers);
  response.setBody(body);
  return response;
}

function headersOf(event: Record<string, unknown>): Record<string, string> {
  const { request } = event;
  if (!isRecord(request) || !isRecord(request.headers)) return {};
  return Object.fromEntries(
    Object.entries(request.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A plain sentence, for a caller that is a person or a program. */
export function sentence(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
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
