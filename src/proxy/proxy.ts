import type { AudioConfig, S3Config } from '../config';
import { type CredentialsOptions, createCredentials } from '../credentials/credentials';
import {
  PROXY_ATTEMPTS,
  PROXY_BYTES,
  PROXY_IDLE_TIMEOUT_MS,
  PROXY_TIMEOUT_MS,
  REVALIDATION_TIMEOUT_MS,
} from '../limits';
import { callSidOf, log } from '../log';
import type { RequestHeaders } from '../request-headers';
import { type FunctionResponse, sentence } from '../runtime';
import { opaqueTagOf } from '../s3/entity-tag';
import { getObject, type VerifiedResponse } from '../s3/get-object';
import { type Connections, createConnections, requestIdOf } from '../s3/request';
import type { LoadCrcs } from '../s3/verify';
import { audioOf, revalidatedAudio } from './audio';
import { AudioCache, type CachedAudio } from './cache';
import { failureResponse, isTemporary, logMessageOf } from './failures';
import { conditionHeaders, type RequestConditions, readConditions } from './request-conditions';
import { audioResponse, forwardedResponse } from './responses';
import { authorize } from './signed-url';

export interface AudioProxyOptions extends CredentialsOptions {
  readonly loadCrcs: LoadCrcs;
  /** To S3. */
  readonly connections?: Connections;
  /** For a whole request. */
  readonly timeoutMs?: number;
  /** The longest time in which S3 sends nothing, before or after its headers. */
  readonly idleTimeoutMs?: number;
  /** For S3's headers, while a cached object could be served instead. */
  readonly revalidationTimeoutMs?: number;
  /** Attempts at the request to S3, the first included. */
  readonly attempts?: number;
}

/** @param event the parameters of a request, unchecked */
export type ServeAudio = (
  config: AudioConfig,
  event: Readonly<Record<string, unknown>>,
  headers: RequestHeaders,
) => Promise<FunctionResponse>;

/** The response to one request, and what the log says about it. */
interface HandledRequest {
  readonly response: FunctionResponse;
  /** Undefined unless our signature is valid: otherwise the client chose the text. */
  readonly key?: string;
  /** Requests sent to S3. */
  readonly tries: number;
  /** S3's id of the last request that it answered. */
  readonly requestId?: string;
  /** The cache's part in the response; undefined without one. */
  readonly cache?: 'fresh' | 'revalidated' | 'replaced' | 'stale';
  /** S3 gave nothing to compare the object's bytes with: it is not cached. */
  readonly verified?: false;
  /** What went wrong, and what to check. */
  readonly message?: string;
}

/** What S3 answered, or why it did not. */
interface Fetched extends Pick<HandledRequest, 'tries' | 'requestId'> {
  readonly outcome: PromiseSettledResult<VerifiedResponse>;
}

/**
 * The audio proxy: serves objects of the private bucket for URLs that we signed. It reads no other
 * query parameters than its own three, so nothing that is appended to its URLs changes its response.
 *
 * Create it once a process: it keeps a cache, credentials and connections.
 */
export function createAudioProxy(options: AudioProxyOptions): ServeAudio {
  const { clock, loadCrcs, connections = createConnections() } = options;
  const { timeoutMs = PROXY_TIMEOUT_MS, idleTimeoutMs = PROXY_IDLE_TIMEOUT_MS } = options;
  const { revalidationTimeoutMs = REVALIDATION_TIMEOUT_MS, attempts = PROXY_ATTEMPTS } = options;
  const credentials = createCredentials(options);
  let cache: AudioCache | undefined;

  return async (config, event, headers) => {
    const startedAt = clock.now();
    const handled = await handle(config, event, headers, startedAt);
    const milliseconds = clock.now().getTime() - startedAt.getTime();
    logRequest(handled, callSidOf(event), milliseconds);
    return handled.response;
  };

  async function handle(
    config: AudioConfig,
    event: Readonly<Record<string, unknown>>,
    requestHeaders: RequestHeaders,
    now: Date,
  ): Promise<HandledRequest> {
    // 1. Authorize.
    const authorization = authorize(event, config, now);
    if (!authorization.granted) {
      const response = sentence(403, 'This audio URL is not valid or has expired.');
      return { response, key: authorization.key, tries: 0, message: authorization.reason };
    }
    const { key } = authorization;
    const conditions = readConditions(requestHeaders);

    // 2. Look up.
    cache ??= new AudioCache(config.audioCache);
    // Neither an origin nor a bucket's name has a blank.
    const id = `${config.s3.endpoint} ${config.s3.bucket} ${key}`;
    const cached = cache.find(id, now);
    if (cached?.isFresh) {
      const response = audioResponse(cached.audio, conditions, cached.ageSeconds);
      return { response, key, tries: 0, cache: 'fresh' };
    }

    // 3. Fetch, or revalidate what is cached.
    const headers = cached ? revalidationHeaders(cached) : conditionHeaders(conditions);
    const headersTimeoutMs = cached?.allowsStaleIfError ? revalidationTimeoutMs : timeoutMs;
    const { outcome, ...sent } = await fetchObject(config.s3, key, headers, headersTimeoutMs);

    // 4. Respond.
    return { key, ...sent, ...respond(outcome, { key, id, conditions, cached, cache }) };
  }

  async function fetchObject(
    s3: S3Config,
    key: string,
    headers: Readonly<Record<string, string>>,
    headersTimeoutMs: number,
  ): Promise<Fetched> {
    let tries = 0;
    let requestId: string | undefined;
    const startedAt = clock.now().getTime();
    const deadline = startedAt + timeoutMs;
    const headersDeadline = Math.min(deadline, startedAt + headersTimeoutMs);
    const fetch = async () => {
      const waitMs = Math.max(1, headersDeadline - startedAt);
      const access = { ...s3, credentials: await credentials(s3.credentials, waitMs) };
      return getObject(access, key, headers, {
        clock,
        loadCrcs,
        connections,
        attempts,
        deadline,
        headersDeadline,
        idleTimeoutMs,
        maxBytes: PROXY_BYTES,
        onSend: () => {
          tries += 1;
        },
        onHeaders: (responseHeaders) => {
          requestId = requestIdOf(responseHeaders);
        },
      });
    };
    const [outcome] = await Promise.allSettled([fetch()]);
    return { outcome, tries, requestId };
  }

  /**
   * | cached | S3                         | response                               | cache               |
   * |--------|----------------------------|----------------------------------------|---------------------|
   * | yes    | not modified               | the cached object                      | fresh again         |
   * | yes    | another object             | S3's object                            | stores it, verified |
   * | yes    | unreachable, overloaded,   | the cached object (stale-if-error)     | pauses revalidation |
   * |        | or the answer is not S3's  |                                        |                     |
   * | yes    | any other failure          | the failure                            | drops it            |
   * | no     | the whole object           | S3's object                            | stores it, verified |
   * | no     | a part, or not modified    | S3's response, passed on               |                     |
   * | no     | any failure                | the failure                            |                     |
   *
   * An object whose bytes S3 gives nothing to compare with is served and not stored.
   *
   * @throws an error that is no failure of S3 or of the object
   */
  function respond(
    outcome: Fetched['outcome'],
    { key, id, conditions, cached, cache }: CacheLookup,
  ): Pick<HandledRequest, 'response' | 'cache' | 'verified' | 'message'> {
    const now = clock.now();
    try {
      if (outcome.status === 'rejected') throw outcome.reason;
      const { value } = outcome;
      const isUnchanged = value.status === 304;
      if (!cached && value.status !== 200) return { response: forwardedResponse(key, value) };
      const audio =
        cached && isUnchanged ? revalidatedAudio(cached.audio, value) : audioOf(key, value);
      const isVerified = isUnchanged || value.isVerified;
      if (isVerified) cache.store(id, audio, now);
      else cache.drop(id);
      return {
        response: audioResponse(audio, conditions, 0),
        cache: cached && (isUnchanged ? 'revalidated' : 'replaced'),
        ...(!isVerified && { verified: false }),
      };
    } catch (thrown) {
      const message = logMessageOf(thrown);
      if (cached && !isTemporary(thrown)) cache.drop(id);
      else if (cached?.allowsStaleIfError) {
        cache.pauseRevalidation(id, now);
        const response = audioResponse(cached.audio, conditions, cached.ageSeconds);
        return { response, cache: 'stale', message };
      }
      return { response: failureResponse(thrown), message };
    }
  }
}

/** What is known before the request to S3. */
interface CacheLookup {
  readonly key: string;
  /** The object's name in the cache. */
  readonly id: string;
  readonly conditions: RequestConditions;
  readonly cached: CachedAudio | undefined;
  readonly cache: AudioCache;
}

function revalidationHeaders({ audio }: CachedAudio): Record<string, string> {
  const { ETag: etag } = audio.headers;
  // As a strong one: some servers compare texts, and weaken what they send.
  return etag === undefined ? {} : { 'if-none-match': opaqueTagOf(etag) };
}

/** Writes one line, without signature, token or phone number. */
function logRequest(
  { response, message, ...fields }: HandledRequest,
  callSid: string | undefined,
  milliseconds: number,
): void {
  const { status, body } = response;
  const bytes = Buffer.isBuffer(body) ? body.length : Buffer.byteLength(String(body));
  const level = levelOf(status, message);
  const event = status < 400 ? 'audio-served' : 'audio-failed';
  log(level, event, {
    function: 'audio',
    callSid,
    ...fields,
    status,
    bytes,
    milliseconds,
    message,
  });
}

function levelOf(status: number, message: string | undefined): 'info' | 'warn' | 'error' {
  // The owner of the bucket has to repair 413 and 415, as with S3's errors.
  if (status >= 500 || status === 413 || status === 415) return 'error';
  return status >= 400 || message !== undefined ? 'warn' : 'info';
}
