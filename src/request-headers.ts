import { isRecord } from './record';

type Event = Readonly<Record<string, unknown>>;

/** Names in lower case; a header that came more than once is left out. */
export type RequestHeaders = Readonly<Record<string, string>>;

/**
 * Makes the reader of a Function's request headers.
 *
 * The runtime gives a Function `event.request`, with the headers and cookies of the request, and a
 * parameter named `request` replaces that: `?request[headers][authorization]=…`. So the headers count
 * only if `request` has the runtime's form, and no cookies. Of a query, only the odd
 * `request[cookies][__proto__]=` has that form, too; a JSON body can have it.
 *
 * Twilio's local runtime gives cookies without a prototype to a request that has none, which no parser
 * of parameters does. Where it runs Functions in a process of their own, what it gives is JSON, and has
 * lost that; how Twilio's platform hands it over is not known. So the reader learns: once it was given
 * cookies without a prototype, it believes no others.
 *
 * What cannot be told costs little: whoever forges headers gets what the real ones would get.
 */
export function createHeaderReader(): (event: Event) => RequestHeaders {
  let hasBareCookies = false;
  return ({ request }) => {
    if (!isOfRuntimesForm(request)) return {};
    const isBare = Object.getPrototypeOf(request.cookies) === null;
    if (hasBareCookies && !isBare) return {};
    hasBareCookies = isBare;
    return Object.fromEntries(
      Object.entries(request.headers).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    );
  };
}

interface RuntimesRequest {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: Readonly<Record<string, unknown>>;
}

/** Other members do not matter: a forger need not add any, and the deployed runtime may have some. */
function isOfRuntimesForm(request: unknown): request is RuntimesRequest {
  if (!isRecord(request) || !isRecord(request.headers) || !isRecord(request.cookies)) return false;
  return Reflect.ownKeys(request.cookies).length === 0;
}
