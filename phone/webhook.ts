import { TWIML_BYTES } from '../src/limits';
import { TwilioError } from './errors';
import type { Line } from './line';
import { callParameters, encodeParameters, type Parameters } from './parameters';
import type { HttpAnswer } from './request';
import { readTwiml, type TwimlNode } from './twiml';
import type { WebhookStep, WebhookVerb } from './types';
import { appendQuery, describeUrl, resolveUrl } from './url';

/** A request for TwiML that is to be made. */
export interface WebhookRequest {
  readonly verb: WebhookVerb;
  readonly method: 'GET' | 'POST';
  /** As the TwiML has it: relative to `base`, empty for `base` itself. */
  readonly reference: string;
  /** The URL of the document that asks for it. */
  readonly base: string | undefined;
  /** Beyond those of the call. */
  readonly parameters: Parameters;
}

/** Verbs to perform, and the URL that relative ones among them start from. */
export interface TwimlDocument {
  readonly verbs: readonly TwimlNode[];
  readonly url: string | undefined;
}

export interface WebhookResult {
  readonly step: WebhookStep;
  /** Missing when the step failed. */
  readonly document?: TwimlDocument;
}

/**
 * Asks a webhook for TwiML as Twilio does: the call's parameters as a form, or in the query of a
 * GET, and a signature over both. Redirects, which Twilio would follow, are failures here.
 * https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application
 */
export async function fetchTwiml(line: Line, webhook: WebhookRequest): Promise<WebhookResult> {
  const { verb, method, reference } = webhook;
  const status = verb === 'voice' ? 'ringing' : 'in-progress';
  const parameters = { ...callParameters(line.call, status), ...webhook.parameters };
  const startedAt = line.now();
  let url = reference;
  let answer: HttpAnswer | undefined;
  const describe = (): WebhookStep => ({
    kind: 'webhook',
    verb,
    method,
    url,
    status: answer?.status,
    contentType: answer?.headers['content-type'],
    milliseconds: line.now() - startedAt,
  });
  try {
    const documentUrl = resolveUrl(reference, webhook.base);
    url = method === 'GET' ? appendQuery(documentUrl, encodeParameters(parameters)) : documentUrl;
    answer = await send(line, method, url, parameters);
    const document = { verbs: readAnswer(url, answer), url: documentUrl };
    return { step: { ...describe(), twiml: answer.body.toString() }, document };
  } catch (error) {
    if (!(error instanceof TwilioError)) throw error;
    return { step: { ...describe(), errorCode: error.code, errorMessage: error.message } };
  }
}

function send(
  line: Line,
  method: 'GET' | 'POST',
  url: string,
  parameters: Parameters,
): Promise<HttpAnswer> {
  const limits = { timeoutMs: line.timeoutMs, maxBytes: TWIML_BYTES };
  if (method === 'GET') {
    const headers = { 'X-Twilio-Signature': line.sign(url) };
    return line.send({ method, url, headers, ...limits });
  }
  const body = encodeParameters(parameters);
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Twilio-Signature': line.sign(url, parameters),
  };
  return line.send({ method, url, headers, body, ...limits });
}

/** Twilio also takes text/html for TwiML, and plays or says other types; that is no menu. */
const TWIML_TYPE = /^(text|application)\/xml\s*(;|$)/i;

function readAnswer(url: string, { status, headers, body }: HttpAnswer): readonly TwimlNode[] {
  const where = describeUrl(url);
  if (status < 200 || status > 299) {
    throw new TwilioError(11200, `HTTP retrieval failure: ${where} answered ${status}`);
  }
  const type = headers['content-type'] ?? '';
  if (!TWIML_TYPE.test(type)) {
    throw new TwilioError(12300, `Invalid Content-Type: ${where} sent '${type}', not text/xml`);
  }
  return readTwiml(body);
}
