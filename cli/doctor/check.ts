import type { Clock } from '../../src/clock';
import type { Variables } from '../../src/config';
import { messageOf, PlayError, withFullStop } from '../../src/errors';
import { CHECK_TIMEOUT_MS } from '../../src/limits';
import type { DeploymentOptions } from '../options';

/** How a check ended. `skipped`: what it looks at is not known. */
export type Status = 'ok' | 'warn' | 'fail' | 'skipped';

/** A line of the report. */
export interface Finding {
  readonly status: Status;
  /** What is so; where it is not as it should be, what to do, too. */
  readonly message: string;
}

/** A finding, and what other checks need of it: nothing where they cannot go on. */
export interface Result<T> extends Finding {
  readonly value?: T;
  /** The check that has to be looked at first, where this one could not begin. */
  readonly after?: string;
}

/** Makes findings of one status, with or without what other checks need. */
function make(status: Status) {
  function finding(message: string): Result<never>;
  function finding<T>(message: string, value: T): Result<T>;
  function finding<T>(message: string, value?: T): Result<T> {
    return value === undefined ? { status, message } : { status, message, value };
  }
  return finding;
}

export const ok = make('ok');
export const warn = make('warn');
export const fail = make('fail');
export const skipped = make('skipped');

/** One run of `doctor`: all that its checks get from outside. */
export interface Visit {
  readonly options: Pick<DeploymentOptions, 'env' | 'service' | 'environment' | 'production'> & {
    /** E.164; undefined looks at all numbers that lead to the deployment. */
    readonly phone?: string;
  };
  /** Variables of the shell. */
  readonly shell: Variables;
  readonly clock: Clock;
  /** For one check. */
  readonly timeoutMs?: number;
}

/** A check of `doctor`. */
export interface Check<T> {
  readonly name: string;
  /** Looks once a visit, however many checks need it. Never rejects. */
  readonly result: (visit: Visit) => Promise<Result<T>>;
}

/** Something that a check needs is not known. */
class UnknownError extends Error {
  /** @param after the name of the check that could not tell it */
  constructor(readonly after: string) {
    super();
  }
}

/** What a check needs. */
export type Needs<T> = (visit: Visit) => Promise<T>;

/**
 * Defines a check. It begins when all that it needs is known; where something is not, its line says
 * which check to look at.
 *
 * @param find may throw: a `PlayError` becomes the line's message
 */
export function check<Needed, T>(
  name: string,
  needs: Needs<Needed>,
  find: (needed: Needed, visit: Visit) => Result<T> | Promise<Result<T>>,
): Check<T> {
  const results = new WeakMap<Visit, Promise<Result<T>>>();
  const look = async (visit: Visit): Promise<Result<T>> => {
    try {
      const needed = await needs(visit);
      return await within(visit.timeoutMs ?? CHECK_TIMEOUT_MS, async () => find(needed, visit));
    } catch (thrown) {
      if (thrown instanceof UnknownError) {
        return { ...skipped(`not asked: first see ${thrown.after}`), after: thrown.after };
      }
      if (thrown instanceof PlayError) return fail(thrown.message);
      return fail(`It broke off: ${withFullStop(messageOf(thrown))}`);
    }
  };
  return {
    name,
    result(visit) {
      const known = results.get(visit) ?? look(visit);
      results.set(visit, known);
      return known;
    },
  };
}

/** Needs nothing. */
export const nothing: Needs<undefined> = async () => undefined;

/** Needs what another check has found. */
export function from<T>(needed: Check<T>): Needs<T> {
  return async (visit) => {
    // Of a chain of checks the first that failed says what is wrong.
    const { value, after = needed.name } = await needed.result(visit);
    if (value === undefined) throw new UnknownError(after);
    return value;
  };
}

/** Needs two things. */
export function both<A, B>(a: Needs<A>, b: Needs<B>): Needs<readonly [A, B]> {
  return (visit) => Promise.all([a(visit), b(visit)]);
}

async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PlayError(`There was no whole answer within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    );
  });
  return Promise.race([work(), timeout]).finally(() => clearTimeout(timer));
}
