/** What Twilio calls: https://www.twilio.com/docs/serverless/functions-assets/functions/invocation */
export type Handler = (context: unknown, event: unknown, callback: Callback) => unknown;
export type Callback = (error?: unknown, payload?: unknown) => void;

/**
 * Runs a handler as Twilio does where the local runtime does not: the first callback ends the
 * run, an async handler that throws has failed, and a run that takes too long is cut.
 * `onTimeout` answers for it.
 *
 * What a handler throws from a timer or an event, outside its own promise, cannot be told from
 * any other code's error in one process, and is not caught here.
 */
export function guard(handler: Handler, timeoutMs: number, onTimeout: () => void): Handler {
  return (context, event, callback) => {
    let ended = false;
    const endOnce = (action: () => void) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      action();
    };
    const timer = setTimeout(() => endOnce(onTimeout), timeoutMs);
    const finish: Callback = (error, payload) => endOnce(() => deliver(callback, error, payload));
    const fail = (reason: unknown) => finish(reason || new Error('The handler gave no reason'));
    try {
      Promise.resolve(handler(context, event, finish)).catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

/** A payload that cannot be sent (a circular object, a bad header) is an error as any other. */
function deliver(callback: Callback, error: unknown, payload: unknown): void {
  try {
    callback(error, payload);
  } catch (undeliverable) {
    callback(undeliverable);
  }
}
