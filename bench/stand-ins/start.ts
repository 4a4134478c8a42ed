import * as v from 'valibot';
import { startChild } from '../child';
import { type Ended, nodeArguments, runToSuccess } from '../program';
import type { Bench, Checkout } from '../table';
import type { Account, AccountOptions } from './account';

type Actions = Account['actions'];

/** The same actions, in another process. */
type Remote<Action> = Action extends (...args: infer Arguments) => infer Result
  ? (...args: Arguments) => Promise<Awaited<Result>>
  : never;

export type RunningAccount = Account['started'] & {
  readonly [Name in Exclude<keyof Actions, 'stop'>]: Remote<Actions[Name]>;
};

/** Starts S3, Twilio and the edge in a process of their own, until the table ends. */
export async function startAccount(bench: Bench, options: AccountOptions): Promise<RunningAccount> {
  const child = await startChild(bench, 'account', [JSON.stringify(options)]);
  // What comes from there are the types of this very checkout.
  const started: Account['started'] = v.parse(v.any(), child.ready);
  const ask = (action: keyof Actions) => async (argument?: unknown) =>
    v.parse(v.any(), await child.ask({ action, argument }));
  bench.defer(ask('stop'));
  return {
    ...started,
    fill: ask('fill'),
    objects: ask('objects'),
    replace: ask('replace'),
    replaceAndHear: ask('replaceAndHear'),
    countCalls: ask('countCalls'),
    startAfresh: ask('startAfresh'),
    live: ask('live'),
    call: ask('call'),
  };
}

const asked = v.object({
  action: v.custom<keyof Actions>((it) => typeof it === 'string'),
  argument: v.unknown(),
});

/** Reads what an account is asked. */
export function readRequest(question: unknown): v.InferOutput<typeof asked> {
  return v.parse(asked, question);
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
