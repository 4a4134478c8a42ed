/** What Twilio calls: https://www.twilio.com/docs/serverless/functions-assets/functions/invocation */
export type Handler = (context: unknown, event: unknown, callback: Callback) => unknown;
export type Callback = (error?: unknown, payload?: unknown) => void;

/**
 * Runs a handler as Twilio does where the local runtime does not: the first callback ends the run, a
 * run is stopped at its time-out, and a handler that returns a promise is refused, since async
 * handlers need Runtime Handler 2.1.2, which npm does not have:
 * https://www.twilio.com/docs/serverless/functions-assets/async-await-migration
 *
 * An error that a handler throws from a timer or an event is not caught here: within one process it
 * looks like any other code's error.
 *
 * @param onTimeout responds for a run that was stopped
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
    // One tick late, so that a handler which calls back before it returns a promise is refused, too.
    const finish: Callback = (error, payload) =>
      process.nextTick(() => endOnce(() => deliver(callback, error, payload)));
    try {
      const returned = handler(context, event, finish);
      if (!isThenable(returned)) return;
      Promise.resolve(returned).catch(() => {});
      endOnce(() => deliver(callback, new Error(PROMISE), undefined));
    } catch (error) {
      finish(error || new Error('The handler gave no reason'));
    }
  };
}

const PROMISE = 'The handler returned a promise: export a function that calls callback';

function isThenable(value: unknown): boolean {
  return typeof Object(value).then === 'function';
}

/**
 * Notes each run of a handler until the handler itself has ended it: one that was stopped goes on, as one
 * process cannot end it.
 *
 * @param begin notes a run, and returns what ends it
 */
export function noteRuns(handler: Handler, begin: () => () => void): Handler {
  return (context, event, callback) => {
    const end = begin();
    const finish: Callback = (error, payload) => {
      end();
      callback(error, payload);
    };
    try {
      const returned = handler(context, event, finish);
      if (isThenable(returned)) Promise.resolve(returned).then(end, end);
      return returned;
    } catch (error) {
      end();
      throw error;
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
