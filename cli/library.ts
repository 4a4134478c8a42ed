import RequestClient from 'twilio/lib/base/RequestClient';
import Twilio from 'twilio/lib/rest/Twilio';
import type { Account } from '../src/config';
import { TWILIO_TIMEOUT_MS } from '../src/limits';
import { isRecord } from '../src/record';
import { notAnAnswer, type Transport } from '../src/twilio/transport';
import { openTransport } from './account';

/** The API client of the `twilio` library for an account; it retries passing failures. */
export function connect(account: Account): Twilio {
  const { accountSid, credential, apiOrigin } = account;
  const httpClient = new RetryingClient(openTransport(account));
  const { username, password } = credential;
  const client = new Twilio(username, password, { accountSid, httpClient });
  if (apiOrigin !== undefined) {
    client.api.baseUrl = apiOrigin;
    client.serverless.baseUrl = apiOrigin;
  }
  return client;
}

/** The library's HTTP client. By itself it tries again after 429 only. */
class RetryingClient extends RequestClient {
  constructor(private readonly transport: Transport) {
    super({ timeout: TWILIO_TIMEOUT_MS });
  }

  /**
   * Sends one request of the library's. A refusal is returned, whatever its status.
   *
   * @throws {LostAnswerError} when no attempt brings an answer
   * @throws {OutOfTimeError} when the deadline comes first
   */
  override request<TData>(options: RequestClient.RequestOptions<TData>) {
    return this.transport.retry(
      () => super.request<TData>(options),
      (response) => {
        const { statusCode, body } = response;
        const isDeleted = options.method === 'delete' && statusCode === 204;
        if (statusCode >= 400 || isDeleted || isResourceOrPage(body)) return response;
        throw notAnAnswer(response);
      },
    );
  }
}

/** All that the library asks for is one of these: https://www.twilio.com/docs/usage/twilios-response */
function isResourceOrPage(body: unknown): boolean {
  return isRecord(body) && ['sid', 'meta', 'next_page_uri'].some((name) => name in body);
}
