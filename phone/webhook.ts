import { TWIML_BYTES } from '../src/limits';
import { CallError, type WebhookEvent, type WebhookVerb } from './events';
import { callParameters, encodeParameters, type Parameters } from './parameters';
import { appendQuery, describeUrl, type HttpResponse, resolveUrl } from './request';
import type { CallSession } from './session';
import { readTwiml, type TwimlNode } from './twiml';

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
 * GET, and a signature over both. A redirect, which Twilio would follow, is a failure here.
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
  const describe = (): WebhookEvent => ({
    kind: 'webhook',
    verb,
    method,
    url,
    status: response?.status,
    contentType: response?.headers['content-type'],
    milliseconds: session.now() - startedAt,
  });
  try {
    const documentUrl = resolveUrl(reference, webhook.base);
    url = method === 'GET' ? appendQuery(documentUrl, encodeParameters(parameters)) : documentUrl;
    response = await send(session, method, url, parameters);
    const document = { verbs: readResponse(url, response), url: documentUrl };
    return { event: { ...describe(), twiml: response.body.toString() }, document };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { event: { ...describe(), errorCode: error.code, errorMessage: error.message } };
  }
}

function send(
  session: CallSession,
  method: 'GET' | 'POST',
  url: string,
  parameters: Parameters,
): Promise<HttpResponse> {
  const limits = { timeoutMs: session.timeoutMs, maxBytes: TWIML_BYTES };
  if (method === 'GET') {
    const headers = { 'X-Twilio-Signature': session.sign(url) };
    return session.send({ method, url, headers, ...limits });
  }
  const body = encodeParameters(parameters);
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Twilio-Signature': session.sign(url, parameters),
  };
  return session.send({ method, url, headers, body, ...limits });
}

/** Twilio also takes text/html for TwiML, and plays or says other types. Ours must not need it. */
const TWIML_TYPE = /^(text|application)\/xml\s*(;|$)/i;

function readResponse(url: string, { status, headers, body }: HttpResponse): readonly TwimlNode[] {
  const where = describeUrl(url);
  if (status < 200 || status > 299) {
    throw new CallError(11200, `HTTP retrieval failure: ${where} answered ${status}`);
  }
  const type = headers['content-type'] ?? '';
  if (!TWIML_TYPE.test(type)) {
    throw new CallError(12300, `Invalid Content-Type: ${where} sent '${type}', not text/xml`);
  }
  return readTwiml(body);
}
