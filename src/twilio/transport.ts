import RequestClient from 'twilio/lib/base/RequestClient';
import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { TWILIO_ATTEMPTS, TWILIO_TIMEOUT_MS } from '../limits';
import { isRecord } from '../record';
import { isTransientStatus, retryAfterMs, type Verdict, withRetry } from '../retry';
import { LostAnswerError, noConnection } from './errors';
import { type MultipartRequest, type MultipartResponse, postMultipart } from './multipart';

/** An HTTP response as the library's client gives it. */
export type TransportResponse = MultipartResponse;

/**
 * Makes an answer of a response.
 *
 * @throws {LostAnswerError} when it is not the answer to the request: another attempt is made
 * @throws {PlayError} when Twilio refuses
 */
export type ReadResponse<T> = (response: TransportResponse) => T;

/** A response that another attempt may change, on its way to the retry. */
class TransientResponse extends PlayError {
  constructor(readonly response: TransportResponse) {
    super(`answered ${response.statusCode}`);
  }
}

export interface TransportOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
  /** For one attempt; an upload may take longer, by its size. */
  readonly timeoutMs?: number;
  /** The slowest upload that is not given up. */
  readonly minBytesPerSecond?: number;
}

/**
 * The HTTP client of the `twilio` library, with retries. By itself the library tries again after
 * 429 only, and it uploads nothing.
 */
export class Transport extends RequestClient {
  readonly #options: Required<TransportOptions>;

  constructor(options: TransportOptions) {
    const { timeoutMs = TWILIO_TIMEOUT_MS, minBytesPerSecond = Number.POSITIVE_INFINITY } = options;
    super({ timeout: timeoutMs });
    this.#options = { ...options, timeoutMs, minBytesPerSecond };
  }

  /**
   * Sends one request of the library's. A refusal is returned, whatever its status.
   *
   * @throws {LostAnswerError} when no attempt brings an answer
   * @throws {OutOfTimeError} when the deadline comes first
   */
  override request<TData>(options: RequestClient.RequestOptions<TData>) {
    return this.#retry(
      () => super.request<TData>(options),
      (response) => {
        const { statusCode, body } = response;
        const isDeleted = options.method === 'delete' && statusCode === 204;
        if (statusCode >= 400 || isDeleted || isResourceOrPage(body)) return response;
        throw notAnAnswer(response);
      },
    );
  }

  /**
   * Sends a request until an answer can be made of the response.
   *
   * @param attempts the most; one where the caller looks at what happened before it tries again
   * @throws {LostAnswerError} when no attempt brings an answer
   * @throws {OutOfTimeError} when the deadline comes first
   */
  ask<T>(
    options: RequestClient.RequestOptions,
    read: ReadResponse<T>,
    attempts = TWILIO_ATTEMPTS,
  ): Promise<T> {
    return this.#retry(() => super.request<unknown>(options), read, attempts);
  }

  /**
   * Uploads a new version as multipart/form-data, through the proxy if the library uses one.
   *
   * https://www.twilio.com/docs/serverless/api/resource/asset-version
   */
  upload<T>(
    request: Pick<MultipartRequest, 'url' | 'auth' | 'form'>,
    read: ReadResponse<T>,
  ): Promise<T> {
    const { minBytesPerSecond } = this.#options;
    const agent = request.url.startsWith('https:') ? this.axios.defaults.httpsAgent : undefined;
    const transferMs = (request.form.file.content.length / minBytesPerSecond) * 1000;
    const timeoutMs = this.#options.timeoutMs + Math.ceil(transferMs);
    return this.#retry(() => postMultipart({ ...request, agent, timeoutMs }), read);
  }

  /** Milliseconds of a response's Retry-After. */
  retryAfterMs({ headers }: TransportResponse): number | undefined {
    const value: unknown =
      headers instanceof Object ? Reflect.get(headers, 'retry-after') : undefined;
    return typeof value === 'string' ? retryAfterMs(value, this.#options.clock.now()) : undefined;
  }

  async #retry<Response extends TransportResponse, T>(
    send: () => Promise<Response>,
    read: (response: Response) => T,
    attempts = TWILIO_ATTEMPTS,
  ): Promise<T> {
    const { clock, deadline } = this.#options;
    let transient: Response | undefined;
    const judge = (thrown: unknown): Verdict => {
      if (thrown instanceof LostAnswerError) return { retry: true };
      if (!(thrown instanceof TransientResponse)) return { retry: false };
      return { retry: true, afterMs: this.retryAfterMs(thrown.response) };
    };
    try {
      return await withRetry({ clock, deadline, attempts }, judge, async () => {
        const response = await send().catch((thrown: unknown) => {
          throw noConnection(thrown);
        });
        if (!isTransientStatus(response.statusCode)) return read(response);
        transient = response;
        throw new TransientResponse(response);
      });
    } catch (thrown) {
      if (thrown instanceof TransientResponse && transient) return read(transient);
      throw thrown;
    }
  }
}

/**
 * What came instead of Twilio's answer.
 *
 * @param where what is wrong with an answer in JSON, such as "build_sid"
 */
export function notAnAnswer(
  { statusCode, headers, body }: TransportResponse,
  where?: string,
): LostAnswerError {
  const type: unknown =
    headers instanceof Object ? Reflect.get(headers, 'content-type') : undefined;
  const form = isRecord(body)
    ? `its JSON has another form${where ? ` (${where})` : ''}`
    : `it is no whole JSON object${type ? ` (${type})` : ''}`;
  return new LostAnswerError(
    `The answer with status ${statusCode} is not Twilio's: ${form}. Does a proxy or a page to sign in to answer in its place?`,
  );
}

/** All that the library asks for is one of these: https://www.twilio.com/docs/usage/twilios-response */
function isResourceOrPage(body: unknown): boolean {
  return isRecord(body) && ['sid', 'meta', 'next_page_uri'].some((name) => name in body);
}
