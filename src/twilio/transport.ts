import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { TWILIO_ATTEMPTS, TWILIO_TIMEOUT_MS } from '../limits';
import { isRecord } from '../record';
import { isTransientStatus, retryAfterMs, type Verdict, withRetry } from '../retry';
import { LostAnswerError, noConnection } from './errors';
import { encodeMultipart, type MultipartForm } from './multipart';
import { sendRequest, type TwilioRequest, type TwilioResponse } from './request';

/**
 * Makes an answer of a response.
 *
 * @throws {LostAnswerError} when it is not the answer to the request: another attempt is made
 * @throws {PlayError} when Twilio refuses
 */
export type ReadResponse<T> = (response: TwilioResponse) => T;

/** A response that another attempt may change, on its way to the retry. */
class TransientResponse extends PlayError {
  constructor(readonly response: TwilioResponse) {
    super(`answered ${response.statusCode}`);
  }
}

/** One request to the API. */
export interface ApiRequest extends Pick<TwilioRequest, 'method' | 'url'> {
  /** `AC…:token` or `SK…:secret` */
  readonly auth: string;
  /** A list sends its name once for each value. */
  readonly form?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

/** A new version of a file. */
export interface UploadRequest extends Pick<ApiRequest, 'url' | 'auth'> {
  readonly form: MultipartForm;
}

export interface TransportOptions {
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
  /** For one attempt; an upload may take longer, by its size. */
  readonly timeoutMs?: number;
  /** The slowest upload that is not given up. */
  readonly minBytesPerSecond?: number;
  /** Opens the connections, as through a proxy. Default: directly. */
  readonly httpsAgent?: https.Agent | undefined;
}

/** Sends requests to Twilio's API, with retries, over connections that it keeps. */
export class Transport {
  readonly #options: Required<Omit<TransportOptions, 'httpsAgent'>>;
  readonly #httpAgent = new http.Agent({ keepAlive: true });
  readonly #httpsAgent: https.Agent;

  constructor({ httpsAgent, ...options }: TransportOptions) {
    const { timeoutMs = TWILIO_TIMEOUT_MS, minBytesPerSecond = Number.POSITIVE_INFINITY } = options;
    this.#options = { ...options, timeoutMs, minBytesPerSecond };
    this.#httpsAgent = httpsAgent ?? new https.Agent({ keepAlive: true });
  }

  /**
   * Sends a request until an answer can be made of the response.
   *
   * @param attempts the most; one where the caller looks at what happened before it tries again
   * @throws {LostAnswerError} when no attempt brings an answer
   * @throws {OutOfTimeError} when the deadline comes first
   */
  ask<T>(
    { form, ...request }: ApiRequest,
    read: ReadResponse<T>,
    attempts = TWILIO_ATTEMPTS,
  ): Promise<T> {
    const body = form && encodeForm(form);
    const { timeoutMs } = this.#options;
    return this.retry(() => this.#send({ ...request, body, timeoutMs }), read, attempts);
  }

  /**
   * Uploads a new version as multipart/form-data.
   *
   * https://www.twilio.com/docs/serverless/api/resource/asset-version
   */
  async upload<T>({ form, ...request }: UploadRequest, read: ReadResponse<T>): Promise<T> {
    const { minBytesPerSecond } = this.#options;
    const transferMs = (form.file.content.length / minBytesPerSecond) * 1000;
    const timeoutMs = this.#options.timeoutMs + Math.ceil(transferMs);
    const body = await encodeMultipart(form);
    return this.retry(() => this.#send({ ...request, method: 'POST', body, timeoutMs }), read);
  }

  /** Ends its connections: a Function's process lives on. */
  close(): void {
    this.#httpAgent.destroy();
    this.#httpsAgent.destroy();
  }

  /** Milliseconds of a response's Retry-After. */
  retryAfterMs({ headers }: TwilioResponse): number | undefined {
    return retryAfterMs(headers['retry-after'], this.#options.clock.now());
  }

  /** The same as `ask` for what another client sends. */
  async retry<Response extends TwilioResponse, T>(
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

  #send(request: Omit<TwilioRequest, 'agent'>): Promise<TwilioResponse> {
    const agent = request.url.startsWith('https:') ? this.#httpsAgent : this.#httpAgent;
    return sendRequest({ ...request, agent });
  }
}

function encodeForm(form: NonNullable<ApiRequest['form']>): TwilioRequest['body'] {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    for (const one of [value].flat()) fields.append(name, one);
  }
  const contentType = 'application/x-www-form-urlencoded';
  return { contentType, parts: [Buffer.from(fields.toString())] };
}

/**
 * What came instead of Twilio's answer.
 *
 * @param where what is wrong with an answer in JSON, such as "build_sid"
 */
export function notAnAnswer(
  { statusCode, headers, body }: TwilioResponse,
  where?: string,
): LostAnswerError {
  const type = headers['content-type'];
  const form = isRecord(body)
    ? `its JSON has another form${where ? ` (${where})` : ''}`
    : `it is no whole JSON object${type ? ` (${type})` : ''}`;
  return new LostAnswerError(
    `The answer with status ${statusCode} is not Twilio's: ${form}. Does a proxy or a page to sign in to answer in its place?`,
  );
}
