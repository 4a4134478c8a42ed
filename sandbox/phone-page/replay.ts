import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import type { HttpRequest } from '../../phone';
import { type CallIdentity, callParameters, encodeParameters } from '../../phone/parameters';
import { appendQuery } from '../../phone/request';
import { splitAppended } from './request-row';

/** A request that was sent, as a row shows it. */
export interface SentRequest {
  readonly request: HttpRequest;
  readonly verb: string;
  /** How many parameters were appended to its URL. */
  readonly appendedCount: number;
}

/**
 * The same request again, with Twilio's parameters or without them. They are appended to media only: a
 * request for TwiML stays as it was.
 *
 * @param authToken signs a medium's new URL, where the one before was signed
 */
export function replayOf(
  sent: SentRequest,
  isAppended: boolean,
  { call, authToken }: { readonly call: CallIdentity; readonly authToken: string },
): SentRequest {
  const { request, verb, appendedCount } = sent;
  if (!verb.endsWith('Play')) return sent;
  const parameters = callParameters(call, 'in-progress');
  const bare = splitAppended(request.url, appendedCount).url;
  const url = isAppended ? appendQuery(bare, encodeParameters(parameters)) : bare;
  const isSigned = 'X-Twilio-Signature' in request.headers;
  const headers = isSigned
    ? { 'X-Twilio-Signature': getExpectedTwilioSignature(authToken, url, {}) }
    : {};
  return {
    verb,
    request: { ...request, url, headers },
    appendedCount: isAppended ? Object.keys(parameters).length : 0,
  };
}
