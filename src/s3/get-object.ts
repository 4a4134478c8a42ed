import type { Clock } from '../clock';
import { withRetry } from '../retry';
import { signHeaders } from '../sigv4/sign';
import { type ObjectAddress, objectAddress, type S3Access } from './address';
import { codeIn, errorIn, refusesHeader, retryVerdict } from './errors';
import {
  type Connections,
  type ObjectResponse,
  type RequestOptions,
  StaleConnectionError,
  sendGet,
} from './request';
import { type LoadCrcs, verifyResponse } from './verify';

/** An answer of S3's to the request that was sent. */
export interface VerifiedResponse extends ObjectResponse {
  /** The body is a whole object, compared with the MD5 or the checksum that S3 gives. */
  readonly isVerified: boolean;
}

export interface GetObjectOptions
  extends Pick<RequestOptions, 'idleTimeoutMs' | 'maxBytes' | 'onHeaders'> {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly loadCrcs: LoadCrcs;
  /** The first included. A request that met a stale connection does not count. */
  readonly attempts: number;
  /** Epoch milliseconds by which the whole response must have come. */
  readonly deadline: number;
  /** Epoch milliseconds by which all headers must have come. Default: the deadline. */
  readonly headersDeadline?: number;
  /** Called for every request that is sent. */
  readonly onSend?: () => void;
}

/** The object, a part of it, or a 304. */
const EXPECTED_STATUSES: ReadonlySet<number> = new Set([200, 206, 304]);

/**
 * Gets an object with a request signed in its Authorization header. Tries again inside the deadlines
 * where that can help, over a new connection, which may reach another of S3's servers:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html
 *
 * | S3                                               | tried again |
 * |--------------------------------------------------|-------------|
 * | 200, 206, 304                                    | no          |
 * | 429, 500, 502, 503, 504                          | yes         |
 * | any other status, with S3's code of an error     | no          |
 * | an answer that is not S3's, or another body      | yes         |
 * | no connection, reset, body cut off               | yes         |
 * | no headers, or a pause in the body, for too long | yes         |
 * | too large                                        | no          |
 *
 * @param headers request headers to pass on, such as Range; lower case
 * @returns a response with status 200, 206 or 304
 * @throws {S3Error} what the last attempt threw: {@link S3TimeoutError}, {@link ObjectTooLargeError}
 *   or S3's own error
 * @throws {OutOfTimeError} when the deadline has passed before the first attempt
 * @throws {RangeError} when the key cannot be addressed
 */
export async function getObject(
  access: S3Access,
  key: string,
  headers: Readonly<Record<string, string>>,
  options: GetObjectOptions,
): Promise<VerifiedResponse> {
  const { clock, attempts, connections, deadline, headersDeadline = deadline } = options;
  const address = objectAddress(access, key);
  let agents = connections.keepAlive;
  const send = async (sentHeaders: Readonly<Record<string, string>>) => {
    const sent = sendSigned(access, address, sentHeaders, agents, options);
    agents = connections.single;
    try {
      return await sent;
    } catch (thrown) {
      // https://nodejs.org/docs/latest-v22.x/api/http.html#requestreusedsocket
      if (!(thrown instanceof StaleConnectionError)) throw thrown;
      return sendSigned(access, address, sentHeaders, agents, options);
    }
  };
  const { refusesChecksumMode } = connections;
  const { origin } = address;
  return withRetry({ clock, attempts, deadline: headersDeadline }, retryVerdict, async () => {
    const asksForChecksum = headers.range === undefined && !refusesChecksumMode.has(origin);
    let response = await send(asksForChecksum ? { ...headers, ...CHECKSUM_MODE } : headers);
    if (asksForChecksum && isRefusalOfHeader(response)) {
      response = await send(headers);
      if (!isRefusalOfHeader(response)) refusesChecksumMode.add(origin);
    }
    const { status, headers: received, body } = response;
    if (!EXPECTED_STATUSES.has(status)) throw errorIn(response, clock.now());
    const isVerified = await verifyResponse(response, headers, options.loadCrcs);
    return { status, headers: received, body, isVerified };
  });
}

/** Asks S3 for the checksum that it has of the object. */
const CHECKSUM_MODE = { 'x-amz-checksum-mode': 'ENABLED' };

function isRefusalOfHeader({ status, body }: ObjectResponse): boolean {
  // The status first: searching an object of 1 MB for a code takes longer than its MD5.
  return !EXPECTED_STATUSES.has(status) && refusesHeader(status, codeIn(body));
}

function sendSigned(
  { credentials, region }: S3Access,
  address: ObjectAddress,
  headers: Readonly<Record<string, string>>,
  agents: RequestOptions['agents'],
  options: GetObjectOptions,
): Promise<ObjectResponse> {
  const { clock, deadline, headersDeadline = deadline, idleTimeoutMs, maxBytes } = options;
  const { host, path } = address;
  const now = clock.now();
  const signed = signHeaders({ method: 'GET', host, path, headers }, { credentials, region, now });
  const msUntil = (time: number) => Math.max(1, time - now.getTime());
  options.onSend?.();
  return sendGet(address, signed, {
    agents,
    timeoutMs: msUntil(deadline),
    headersTimeoutMs: msUntil(headersDeadline),
    idleTimeoutMs,
    maxBytes,
    onHeaders: options.onHeaders,
  });
}
