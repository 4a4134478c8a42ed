import type { ClientRequest } from 'node:http';

/** Time limits of one request, in milliseconds. */
export interface TimeLimits {
  /** Until the TCP connection is there. */
  readonly connectMs: number;
  /** Then until the first byte of the response, and between two packets. */
  readonly readMs: number;
  /** From the beginning to the last byte. */
  readonly totalMs: number;
}

export type TimeLimit = keyof TimeLimits;

/** Aborts a request at the first limit that it reaches. */
export interface LimitWatch {
  readonly signal: AbortSignal;
  /** Watches the request, from its beginning on. */
  watch(request: ClientRequest): void;
  /** Whether the connection was there. */
  isConnected(): boolean;
  /** The limit that was reached. */
  reached(): TimeLimit | undefined;
  /** Ends the watch. */
  stop(): void;
}

export function watchLimits({ connectMs, readMs, totalMs }: TimeLimits): LimitWatch {
  const controller = new AbortController();
  let reached: TimeLimit | undefined;
  let isConnected = false;
  const reach = (limit: TimeLimit) => {
    reached ??= limit;
    controller.abort();
  };
  const total = setTimeout(reach, totalMs, 'totalMs');
  const connect = setTimeout(reach, connectMs, 'connectMs');
  return {
    signal: controller.signal,
    watch(request) {
      request.once('socket', (socket) => {
        const onConnect = () => {
          isConnected = true;
          clearTimeout(connect);
        };
        if (socket.connecting) socket.once('connect', onConnect);
        else onConnect();
      });
      // It runs while the connection is there, and begins anew with each packet.
      request.setTimeout(readMs, () => reach('readMs'));
    },
    isConnected: () => isConnected,
    reached: () => reached,
    stop() {
      clearTimeout(total);
      clearTimeout(connect);
    },
  };
}
