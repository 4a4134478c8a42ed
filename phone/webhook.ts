import { TWIML_BYTES } from '../src/limits';
import { fragmentOf, withoutFragment } from '../src/webhook-url';
import { CallError, type WebhookEvent, type WebhookVerb } from './events';
import { type ConnectionSettings, type RetryReason, readOverrides } from './overrides';
import { callParameters, encodeParameters, type Parameters } from './parameters';
import {
  appendQuery,
  ConnectionError,
  describeUrl,
  type HttpResponse,
  resolveUrl,
} from './request';
import type { CallSession } from './session';
import type { TimeLimits } from './time-limits';
import { readTwiml, type TwimlNode } from './twiml';
import { isXml } from './xml';

/** A request for TwiML. */
export interface WebhookRequest {
  readonly verb: WebhookVerb;
  readonly method: 'GET' | 'POST';
  /** As the TwiML has it: relative to `base`, empty for `base` itself. */
  readonly reference: string;
  /** The URL of the document that leads to it. */
  readonly base: string | undefined;
  /** Beyond those of the call. */
  readonly parameters: Parameters;
}

/** Verbs to perform, and the URL that their relative URLs are resolved against. */
export interface TwimlDocument {
  readonly verbs: readonly TwimlNode[];
  readonly url: string | undefined;
}

export interface WebhookResult {
  readonly event: WebhookEvent;
  /** Missing if the request failed. */
  readonly document?: TwimlDocument;
}

/**
 * Requests TwiML from a webhook as Twilio does: the call's parameters as a form, or in the query of a
 * GET, and a signature over both. A redirect, which Twilio would follow, is a failure here. The
 * fragment of its URL says how long to wait and how often to try; it is neither sent nor signed.
 * https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application
 */
export async function fetchTwiml(
  session: CallSession,
  webhook: WebhookRequest,
): Promise<WebhookResult> {
  const { verb, method, reference } = webhook;
  const status = verb === 'voice' ? 'ringing' : 'in-progress';
  const parameters = { ...callParameters(session.call, status), ...webhook.parameters };
  const startedAt = session.now();
  let url = reference;
  let response: HttpResponse | undefined;
  const failedAttempts: string[] = [];
  const describe = (): WebhookEvent => ({
    kind: 'webhook',
    verb,
    method,
    url,
    status: response?.status,
    contentType: response?.headers['content-type'],
    failedAttempts,
    milliseconds: session.now() - startedAt,
  });
  try {
    const documentUrl = resolveUrl(reference, webhook.base);
    const target = withoutFragment(documentUrl);
    url = method === 'GET' ? appendQuery(target, encodeParameters(parameters)) : target;
    const signedUrl = session.signOverrides ? url + fragmentOf(documentUrl) : url;
    const request = { method, url, signedUrl, parameters };
    response = await sendWithRetries(session, request, readOverrides(documentUrl), failedAttempts);
    const document = { verbs: readResponse(url, response), url: documentUrl };
    return { event: { ...describe(), twiml: response.body.toString() }, document };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { event: { ...describe(), errorCode: error.code, errorMessage: error.message } };
  }
}

interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly signedUrl: string;
  readonly parameters: Parameters;
}

/**
 * Tries as often as the settings allow, within their total time.
 *
 * @param failedAttempts what came of each attempt that failed is added to it
 * @throws {CallError} for the last attempt, if it brought no response
 */
async function sendWithRetries(
  session: CallSession,
  request: SignedRequest,
  { limits, retries, retryOn, totalErrorCode }: ConnectionSettings,
  failedAttempts: string[],
): Promise<HttpResponse> {
  const deadline = session.now() + limits.totalMs;
  for (let left = retries; ; left -= 1) {
    const mayRetry = (failed: RetryReason) => left > 0 && retryOn.includes(failed);
    try {
      const totalMs = Math.max(1, deadline - session.now());
      const response = await send(session, request, { ...limits, totalMs });
      const { status } = response;
      if (status >= 400) failedAttempts.push(`answered ${status}`);
      if (status < 400 || !mayRetry(status < 500 ? '4xx' : '5xx')) return response;
    } catch (thrown) {
      if (!(thrown instanceof ConnectionError)) throw thrown;
      const { failed } = thrown;
      if (failed === 'tt') {
        const reason = `no whole answer within ${limits.totalMs} ms`;
        failedAttempts.push(reason);
        const what = `${request.method} ${describeUrl(request.url)}: ${reason}`;
        throw new CallError(totalErrorCode, what, { cause: thrown });
      }
      failedAttempts.push(thrown.reason);
      if (failed === undefined || !mayRetry(failed)) throw thrown;
    }
  }
}

function send(
  session: CallSession,
  { method, url, signedUrl, parameters }: SignedRequest,
  limits: TimeLimits,
): Promise<HttpResponse> {
  const request = { method, url, limits, maxBytes: TWIML_BYTES };
  if (method === 'GET') {
    const headers = { 'X-Twilio-Signature': session.sign(signedUrl) };
    return session.send({ ...request, headers });
  }
  const body = encodeParameters(parameters);
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Twilio-Signature': session.sign(signedUrl, parameters),
  };
  return session.send({ ...request, headers, body });
}

function readResponse(url: string, { status, headers, body }: HttpResponse): readonly TwimlNode[] {
  const where = describeUrl(url);
  if (status < 200 || status > 299) {
    throw new CallError(11200, `HTTP retrieval failure: ${where} answered ${status}`);
  }
  const type = headers['content-type'] ?? '';
  // Twilio also takes text/html for TwiML, and plays or says other types. Ours must not need it.
  if (!isXml(type)) {
    throw new CallError(12300, `Invalid Content-Type: ${where} sent '${type}', not text/xml`);
  }
  return readTwiml(body);
}
