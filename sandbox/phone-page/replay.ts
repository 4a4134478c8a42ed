import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import type { HttpRequest, PhoneOptions } from '../../phone';
import { callParameters, encodeParameters } from '../../phone/parameters';
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
 * request for TwiML stays as it was. A medium's new URL is signed where the one before was.
 *
 * @param phone whose call it is
 */
export function replayOf(
  sent: SentRequest,
  isAppended: boolean,
  phone: PhoneOptions & { readonly callSid: string },
): SentRequest {
  const { request, verb, appendedCount } = sent;
  if (!verb.endsWith('Play')) return sent;
  const { to, forwardedFrom = to, authToken } = phone;
  const parameters = callParameters({ ...phone, forwardedFrom }, 'in-progress');
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
