import type { Clock } from '../clock';
import { signHeaders } from '../sigv4';
import { objectAddress, type S3Access } from './address';
import {
  BrokenAnswerError,
  type Connections,
  type ExchangeOptions,
  exchange,
  type HttpAnswer,
} from './exchange';

export interface GetObjectOptions extends Pick<ExchangeOptions, 'patience' | 'limit' | 'onHead'> {
  readonly connections: Connections;
  readonly clock: Clock;
  /** Epoch milliseconds by which the whole answer must have come. */
  readonly deadline: number;
  /** Epoch milliseconds by which all headers must have come: not after the deadline, which is the default. */
  readonly headDeadline?: number;
  /** Use a new connection. */
  readonly fresh?: boolean;
  /** Called for every request that is sent. */
  readonly onSend?: () => void;
}

/**
 * Gets an object with a request signed in its Authorization header: one try. Only where S3 had
 * closed an idle connection at the moment of its reuse, the request, which S3 never saw, is sent
 * once more at once, over a new one.
 *
 * https://nodejs.org/docs/latest-v22.x/api/http.html#requestreusedsocket
 *
 * @param headers request headers to pass on, such as Range; lower case
 * @throws {RangeError} when the key cannot be addressed
 * @throws {SlowAnswerError}
 * @throws {BrokenAnswerError}
 * @throws {LargeObjectError}
 */
export async function getObject(
  access: S3Access,
  key: string,
  headers: Readonly<Record<string, string>>,
  options: GetObjectOptions,
): Promise<HttpAnswer> {
  const address = objectAddress(access, key);
  const { clock, deadline, headDeadline = deadline, onSend } = options;
  const send = (fresh: boolean) => {
    const now = clock.now();
    const { host, path } = address;
    const signed = signHeaders({ method: 'GET', host, path, headers }, { ...access, now });
    const until = (time: number) => Math.max(1, time - now.getTime());
    onSend?.();
    return exchange(address, signed, {
      ...options,
      agents: fresh ? options.connections.fresh : options.connections.kept,
      timeout: until(deadline),
      headTimeout: until(headDeadline),
    });
  };
  try {
    return await send(options.fresh ?? false);
  } catch (thrown) {
    if (thrown instanceof BrokenAnswerError && thrown.stale) return send(true);
    throw thrown;
  }
}
