import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Ended, nodeArguments, runToSuccess } from '../program';
import type { Checkout } from '../table';
import type { Account, AccountOptions } from './account';

type Actions = Account['actions'];

/** What is sent to the process of an account. */
export interface Request {
  readonly action: keyof Actions;
  readonly argument: unknown;
}

/** The same actions, in another process. */
type Remote<Action> = Action extends (...args: infer Arguments) => infer Result
  ? (...args: Arguments) => Promise<Awaited<Result>>
  : never;

export type RunningAccount = Account['started'] & {
  readonly [Name in keyof Actions]: Remote<Actions[Name]>;
};

/** Starts S3, Twilio and the edge in a process of their own. */
export async function startAccount(options: AccountOptions): Promise<RunningAccount> {
  const child = fork(join(__dirname, 'account-process.ts'), [JSON.stringify(options)], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
    serialization: 'advanced',
  });
  const exited = once(child, 'exit');
  const next = async () => {
    const [{ result, error }] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => [{ error: `their process ended with ${code}` }]),
    ]);
    if (error) throw new Error(`The stand-ins: ${error}`);
    return result;
  };
  const started: Account['started'] = await next();
  const ask = (action: keyof Actions) => (argument?: unknown) => {
    child.send({ action, argument });
    return next();
  };
  return {
    ...started,
    fill: ask('fill'),
    replace: ask('replace'),
    objects: ask('objects'),
    replaceAndHear: ask('replaceAndHear'),
    countCalls: ask('countCalls'),
    startAfresh: ask('startAfresh'),
    live: ask('live'),
    call: ask('call'),
    async stop() {
      await ask('stop')();
      await exited;
    },
  };
}

/**
 * Runs the sync of a checkout against an account, as npm runs it.
 *
 * @param variables beside the account's, or in their place
 */
export function runSync(
  { directory }: Pick<Checkout, 'directory'>,
  { envFile, environment }: RunningAccount,
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runToSuccess(
    process.execPath,
    [...nodeArguments(directory, 'sync'), '--env', envFile, ...args],
    { cwd: directory, environment: { ...environment, ...variables }, tellsPeak: true },
  );
}
