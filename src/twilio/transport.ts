import type FormData from 'form-data';
import RequestClient from 'twilio/lib/base/RequestClient';
import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { isPassingStatus, retryAfter, withRetry } from '../retry';

/** An HTTP answer as the library's client gives it. */
interface TransportResponse {
  readonly statusCode: number;
  readonly headers: unknown;
}

/** Form and destination of one upload. */
export interface Upload {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Made anew for each try: a form is a stream, and is read once. */
  readonly form: () => FormData;
}

export interface UploadResponse extends TransportResponse {
  readonly body: unknown;
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
  /** Milliseconds for one try. */
  readonly timeout?: number;
}

const ATTEMPTS = 6;

/**
 * The `twilio` library's own HTTP client, tried again where that can help. By itself the library
 * tries again after 429 only, and it sends no uploads.
 */
export class Transport extends RequestClient {
  readonly #clock: Clock;
  readonly #deadline: number;

  constructor({ clock, deadline, timeout = 10_000 }: TransportOptions) {
    super({ timeout });
    this.#clock = clock;
    this.#deadline = deadline;
  }

  /**
   * Sends one request of the library's; any status is an answer. A Deployment is sent once: only who
   * looks again whether it is still wanted may repeat it.
   */
  override request<T>(options: RequestClient.RequestOptions<T>) {
    const deploys = options.method === 'post' && options.uri.endsWith('/Deployments');
    return this.#persist(() => super.request(options), deploys ? 1 : ATTEMPTS);
  }

  /**
   * Uploads a new version as multipart/form-data.
   *
   * https://www.twilio.com/docs/serverless/api/resource/asset-version
   */
  upload({ url, username, password, form }: Upload): Promise<UploadResponse> {
    return this.#persist(async () => {
      const { status, data, headers } = await this.axios.request<unknown>({
        method: 'post',
        url,
        auth: { username, password },
        data: form(),
        maxBodyLength: Number.POSITIVE_INFINITY,
        timeout: this.defaultTimeout,
        maxRedirects: 0,
        proxy: false,
        validateStatus: anyStatus,
      });
      return { statusCode: status, body: data, headers };
    });
  }

  async #persist<T extends TransportResponse>(
    send: () => Promise<T>,
    attempts = ATTEMPTS,
  ): Promise<T> {
    const clock = this.#clock;
    try {
      return await withRetry(
        { clock, deadline: this.#deadline, attempts },
        (thrown) => ({ retry: true, after: waitAskedBy(thrown, clock.now()) }),
        async () => {
          const response = await send();
          if (isPassingStatus(response.statusCode)) throw new PassingAnswer(response);
          return response;
        },
      );
    } catch (thrown) {
      if (thrown instanceof PassingAnswer) return thrown.response;
      throw thrown;
    }
  }
}

/**
 * Apart from the upload on purpose: axios keeps its configuration for as long as the connection
 * lives, and a function written inside would keep the uploaded content with it.
 */
function anyStatus(): boolean {
  return true;
}

function waitAskedBy(thrown: unknown, now: Date): number | undefined {
  if (!(thrown instanceof PassingAnswer)) return undefined;
  const { headers } = thrown.response;
  const value: unknown =
    headers instanceof Object ? Reflect.get(headers, 'retry-after') : undefined;
  return typeof value === 'string' ? retryAfter(value, now) : undefined;
}
