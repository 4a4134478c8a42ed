import RequestClient from 'twilio/lib/base/RequestClient';
import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { TWILIO_ATTEMPTS, TWILIO_TIMEOUT_MS } from '../limits';
import { isTransientStatus, OutOfTimeError, retryAfterMs, withRetry } from '../retry';
import { type MultipartRequest, type MultipartResponse, postMultipart } from './multipart';

/** An HTTP response as the library's client gives it. */
interface TransportResponse {
  readonly statusCode: number;
  readonly headers: unknown;
}

/** A response that another attempt may change, on its way to the retry. */
class TransientResponse<T extends TransportResponse> extends PlayError {
  constructor(readonly response: T) {
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
   * Sends one request of the library's; a response of any status is returned. A Deployment is sent
   * once: only a caller that has looked again what is live may repeat it, and not before Twilio's
   * Retry-After is over.
   *
   * @throws {OutOfTimeError} when the deadline comes first
   */
  override async request<T>(options: RequestClient.RequestOptions<T>) {
    const { clock, deadline } = this.#options;
    const deploys = options.method === 'post' && options.uri.endsWith('/Deployments');
    const response = await this.#retry(() => super.request(options), deploys ? 1 : TWILIO_ATTEMPTS);
    const now = clock.now();
    const waitMs = deploys ? retryAfterOf(response, now) : undefined;
    if (waitMs === undefined) return response;
    if (now.getTime() + waitMs >= deadline) throw new OutOfTimeError();
    await clock.sleep(waitMs);
    return response;
  }

  /**
   * Uploads a new version as multipart/form-data, through the proxy if the library uses one.
   *
   * https://www.twilio.com/docs/serverless/api/resource/asset-version
   */
  upload(request: Pick<MultipartRequest, 'url' | 'auth' | 'form'>): Promise<MultipartResponse> {
    const { minBytesPerSecond } = this.#options;
    const agent = request.url.startsWith('https:') ? this.axios.defaults.httpsAgent : undefined;
    const transferMs = (request.form.file.content.length / minBytesPerSecond) * 1000;
    const timeoutMs = this.#options.timeoutMs + Math.ceil(transferMs);
    return this.#retry(() => postMultipart({ ...request, agent, timeoutMs }));
  }

  async #retry<T extends TransportResponse>(
    send: () => Promise<T>,
    attempts = TWILIO_ATTEMPTS,
  ): Promise<T> {
    const { clock, deadline } = this.#options;
    try {
      return await withRetry(
        { clock, deadline, attempts },
        (thrown) => ({
          retry: true,
          afterMs:
            thrown instanceof TransientResponse
              ? retryAfterOf(thrown.response, clock.now())
              : undefined,
        }),
        async () => {
          const response = await send();
          if (isTransientStatus(response.statusCode)) throw new TransientResponse(response);
          return response;
        },
      );
    } catch (thrown) {
      if (thrown instanceof TransientResponse) return thrown.response;
      throw thrown;
    }
  }
}

/** Milliseconds of a response's Retry-After. */
function retryAfterOf({ headers }: TransportResponse, now: Date): number | undefined {
  const value: unknown =
    headers instanceof Object ? Reflect.get(headers, 'retry-after') : undefined;
  return typeof value === 'string' ? retryAfterMs(value, now) : undefined;
}
