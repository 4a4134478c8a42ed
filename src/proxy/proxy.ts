import type { AudioConfig } from '../config';
import { type CredentialsOptions, createCredentials } from '../credentials/credentials';
import { PROXY_BYTES } from '../limits';
import { type FunctionResponse, sentence } from '../runtime';
import { getObject } from '../s3/get-object';
import { type Connections, createConnections, requestIdOf } from '../s3/request';
import { AudioCache } from './cache';
import { adviceOn, answerFailure } from './failure';
import { permissionOf } from './permission';
import { answerOf } from './source';
import { report, type Trace } from './trace';
import { wantedBy } from './wanted';

export interface AudioProxyOptions extends CredentialsOptions {
  /** To S3. */
  readonly connections?: Connections;
  /** Milliseconds for a whole request. Twilio ends a Function after 10 s. */
  readonly budget?: number;
  /** Milliseconds in which a try must bring all headers, and then every next piece of the body. */
  readonly patience?: number;
  /** Milliseconds in which S3 must begin to confirm what is in memory; then that is served as it is. */
  readonly confirmation?: number;
  /** How often S3 is asked. */
  readonly attempts?: number;
}

/** @param event what the Function was called with, as it came */
export type ServeAudio = (
  config: AudioConfig,
  event: Readonly<Record<string, unknown>>,
) => Promise<FunctionResponse>;

/**
 * Makes the proxy: it serves objects of the private bucket to whoever holds a URL that we signed.
 * Only our three parameters are read; what Twilio or anybody else appends changes nothing.
 *
 * Meant to live as long as the module that makes it, with its cache, credentials and connections.
 */
export function createAudioProxy(options: AudioProxyOptions): ServeAudio {
  const { clock, connections = createConnections() } = options;
  const { budget = 8000, patience = 2500, confirmation = 2000, attempts = 4 } = options;
  const credentials = createCredentials(options);
  let cache: AudioCache | undefined;

  async function serve(
    { s3, audioCache }: AudioConfig,
    event: Readonly<Record<string, unknown>>,
    key: string,
    trace: Trace,
  ): Promise<FunctionResponse> {
    const deadline = clock.now().getTime() + budget;
    const ask = async (headers: Readonly<Record<string, string>>, headWithin = budget) => {
      const begun = clock.now().getTime();
      const headDeadline = Math.min(deadline, begun + headWithin);
      const access = {
        ...s3,
        credentials: await credentials(s3.credentials, Math.max(1, headDeadline - begun)),
      };
      return getObject(access, key, headers, {
        clock,
        connections,
        idleTimeoutMs: patience,
        attempts,
        deadline,
        headersDeadline: headDeadline,
        maxBytes: PROXY_BYTES,
        onSend: () => {
          trace.tries += 1;
        },
        onHeaders: (head) => {
          trace.requestId = requestIdOf(head);
        },
      });
    };
    cache ??= new AudioCache(audioCache);
    const id = JSON.stringify([s3.endpoint, s3.bucket, key]);
    try {
      return await answerOf(wantedBy(event), { key, id, cache, clock, confirmation, ask }, trace);
    } catch (thrown) {
      trace.message = adviceOn(thrown);
      return answerFailure(thrown);
    }
  }

  return async (config, event) => {
    const started = clock.now().getTime();
    const permission = permissionOf(event, config, clock.now());
    const trace: Trace = { key: permission.key, tries: 0 };
    let answer: FunctionResponse;
    if (permission.granted) {
      answer = await serve(config, event, permission.key, trace);
    } else {
      trace.message = permission.reason;
      answer = sentence(403, 'This audio URL is not valid or has expired.');
    }
    report(trace, answer, clock.now().getTime() - started);
    return answer;
  };
}
