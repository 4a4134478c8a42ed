import RequestClient from 'twilio/lib/base/RequestClient';
import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { isTransientStatus, OutOfTimeError, retryAfterMs, withRetry } from '../retry';
import { type MultipartRequest, type MultipartResponse, postMultipart } from './multipart';

/** An HTTP answer as the library's client gives it. */
interface TransportResponse {
  readonly statusCode: number;
  readonly headers: unknown;
}

/** An answer that another try may change, on its way to the retry. */
class PassingAnswer<T extends TransportResponse> extends PlayError {
  constructor(readonly response: T) {
    super(`answered ${response.statusCode}`);
  }
}

export interface TransportOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which nothing is tried. */
  readonly deadline: number;
  /** Milliseconds for one try; an upload gets longer, by its size. */
  readonly timeout?: number;
  /** Bytes per second at which an upload must go on. */
  readonly slowest?: number;
}

const ATTEMPTS = 6;

/**
 * The `twilio` library's own HTTP client, tried again where that can help. By itself the library
 * tries again after 429 only, and it sends no uploads.
 */
export class Transport extends RequestClient {
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #timeout: number;
  readonly #slowest: number;

  constructor(options: TransportOptions) {
    const { clock, deadline, timeout = 10_000, slowest = Number.POSITIVE_INFINITY } = options;
    super({ timeout });
    this.#clock = clock;
    this.#deadline = deadline;
    this.#timeout = timeout;
    this.#slowest = slowest;
  }

  /**
   * Sends one request of the library's; any status is an answer. A Deployment is sent once: only who
   * looks again whether it is still wanted may repeat it, and not before Twilio wants it.
   */
  override async request<T>(options: RequestClient.RequestOptions<T>) {
    const deploys = options.method === 'post' && options.uri.endsWith('/Deployments');
    const response = await this.#persist(() => super.request(options), deploys ? 1 : ATTEMPTS);
    const now = this.#clock.now();
    const wait = deploys ? waitAskedBy(response, now) : undefined;
    if (wait === undefined) return response;
    if (now.getTime() + wait >= this.#deadline) throw new OutOfTimeError();
    await this.#clock.sleep(wait);
    return response;
  }

  /**
   * Uploads a new version as multipart/form-data, through the proxy if the library goes through one.
   *
   * https://www.twilio.com/docs/serverless/api/resource/asset-version
   */
  upload(request: Pick<MultipartRequest, 'url' | 'auth' | 'form'>): Promise<MultipartResponse> {
    const agent = request.url.startsWith('https:') ? this.axios.defaults.httpsAgent : undefined;
    const bytes = request.form.file.content.length;
    const timeoutMs = this.#timeout + Math.ceil((bytes / this.#slowest) * 1000);
    return this.#persist(() => postMultipart({ ...request, agent, timeoutMs }));
  }

  async #persist<T extends TransportResponse>(
    send: () => Promise<T>,
    attempts = ATTEMPTS,
  ): Promise<T> {
    const clock = this.#clock;
    try {
      return await withRetry(
        { clock, deadline: this.#deadline, attempts },
        (thrown) => ({
          retry: true,
          afterMs:
            thrown instanceof PassingAnswer ? waitAskedBy(thrown.response, clock.now()) : undefined,
        }),
        async () => {
          const response = await send();
          if (isTransientStatus(response.statusCode)) throw new PassingAnswer(response);
          return response;
        },
      );
    } catch (thrown) {
      if (thrown instanceof PassingAnswer) return thrown.response;
      throw thrown;
    }
  }
}

/** Milliseconds of an answer's Retry-After. */
function waitAskedBy({ headers }: TransportResponse, now: Date): number | undefined {
  const value: unknown =
    headers instanceof Object ? Reflect.get(headers, 'retry-after') : undefined;
  return typeof value === 'string' ? retryAfterMs(value, now) : undefined;
}
