import { existsSync, readFileSync } from 'node:fs';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { readAdminSecret, readPrefix, type Variables } from '../../src/config';
import { ConfigError } from '../../src/errors';
import { ADMIN_SECRET_CHARACTERS } from '../../src/limits';
import {
  DEFAULTS,
  GuardError,
  type StagedCode,
  type SyncEvent,
  type SyncOutcome,
  sync,
} from '../../src/sync';
import { connectionsOf, readDeploymentVariables } from '../account';
import type { CommandContext, StopSignal } from '../command-context';
import { detailsOf, type ExitStatus } from '../run-command';
import { findTarget, type TargetOptions } from '../target';
import { jsonReporter, lineReporter, type Occasion, type Reporter } from './messages';
import { barReporter } from './progress-bar';
import { syncRemotely } from './remote';

/** The options of `sync`. */
export interface SyncOptions extends TargetOptions {
  readonly dryRun: boolean;
  readonly force: boolean;
  /** These three override the configuration. */
  readonly prefix?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Per cent of known prompts that may vanish; a run gets it as `maxVanishedShare`. */
  readonly maxDelete: number;
  readonly concurrency: number;
  /** The deployed /sync; undefined runs the sync on this machine. */
  readonly remote?: URL;
  /** File with the variables. */
  readonly env: string;
  readonly json: boolean;
  /** Whether lists are printed whole, however long they are. */
  readonly verbose: boolean;
}

/** How a sync ended: the last line of --json, and the exit code. */
export type Ending =
  | SyncOutcome
  | { readonly status: 'failed' | 'misconfigured'; readonly message: string }
  | {
      readonly status: 'guarded';
      readonly message: string;
      /** Set where the run had uploaded something, or made a Build live, before. */
      readonly changed?: true;
    }
  | { readonly status: 'interrupted'; readonly signal: StopSignal };

/**
 * Syncs, and prints its progress and ending.
 *
 * @param load reads the variables; what it throws is printed as the ending
 */
export function runSync(
  options: SyncOptions,
  load: () => Variables,
  occasion: Occasion,
  context: CommandContext,
): Promise<Ending> {
  return printRun(() => start(options, load(), context), options, occasion, context);
}

/**
 * Prints the progress and the ending of a run: for `sync` and `deploy`.
 *
 * @param begin what it throws is printed as the ending
 */
export async function printRun(
  begin: () => AsyncGenerator<SyncEvent, SyncOutcome>,
  options: SyncOptions,
  occasion: Occasion,
  context: CommandContext,
): Promise<Ending> {
  const reporter = reporterFor(options, occasion, context);
  const ending = await follow(begin, reporter, context.interruption());
  reporter.end(ending);
  return ending;
}

function reporterFor(
  { json, dryRun, verbose }: SyncOptions,
  occasion: Occasion,
  context: CommandContext,
): Reporter {
  if (json) return jsonReporter(context);
  const lines = lineReporter(context, occasion, verbose);
  const { terminal, clock } = context;
  return terminal && !dryRun ? barReporter(lines, terminal, clock) : lines;
}

function start(
  options: SyncOptions,
  variables: Variables,
  { clock }: CommandContext,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { remote: url, dryRun, force } = options;
  if (url === undefined) return syncHere(options, variables);
  const secret = requireAdminSecret(variables);
  return syncRemotely({ url, secret, dryRun, force, clock, budgetMs: DEFAULTS.budgetMs });
}

/** @throws {ConfigError} when no deployment accepts it */
export function requireAdminSecret(variables: Variables): string {
  const secret = readAdminSecret(variables);
  if (secret !== undefined) return secret;
  throw new ConfigError(
    `ADMIN_SECRET is not set, or not ${ADMIN_SECRET_CHARACTERS} or more ASCII characters without a blank at the ends: --remote needs the one that the deployment has.`,
  );
}

/**
 * @param code what a deploy brings
 * @throws {ConfigError} naming each variable that is missing or malformed
 */
export function syncHere(
  options: SyncOptions,
  variables: Variables,
  code?: StagedCode,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { prefix, include, exclude, dryRun, force, concurrency, maxDelete } = options;
  const { config, account } = readDeploymentVariables(
    prefix === undefined ? variables : { ...variables, S3_PREFIX: prefix },
  );
  const selection = {
    include: include ?? config.sync.include,
    exclude: exclude ?? config.sync.exclude,
  };
  return sync(
    { ...config, sync: { ...config.sync, ...selection } },
    findTarget(options, account.accountSid),
    {
      ...DEFAULTS,
      ...connectionsOf({ config, account }),
      dryRun,
      force,
      concurrency,
      maxVanishedShare: maxDelete / 100,
      ...(code && { code }),
      ...(prefix !== undefined && { proxyPrefix: readPrefix(variables) }),
      flow: existsSync(CALL_FLOW_FILE) ? readFileSync(CALL_FLOW_FILE, 'utf8') : DEFAULTS.flow,
    },
  );
}

/**
 * Reports the events of a sync until it ends, fails or is interrupted. An interrupted run is not
 * awaited, and makes no Build live after that; the next run finishes what is dropped. Only a Build that
 * is becoming live is awaited: what is live must be known.
 */
export async function follow(
  begin: () => AsyncGenerator<SyncEvent, SyncOutcome>,
  reporter: Pick<Reporter, 'progress'>,
  interrupted: Promise<StopSignal>,
): Promise<Ending> {
  const stopped = interrupted.then((signal) => ({ signal }));
  let changed = false;
  let isActivating = false;
  try {
    const events = begin();
    for (;;) {
      const coming = events.next();
      const next: Awaited<typeof coming> | Awaited<typeof stopped> = await (isActivating
        ? coming
        : Promise.race([stopped, coming]));
      if ('signal' in next) return { status: 'interrupted', signal: next.signal };
      if (next.done) return next.value;
      changed ||= changesTwilio(next.value);
      isActivating = next.value.type === 'activating';
      reporter.progress(next.value);
    }
  } catch (thrown) {
    const ending = endingOf(thrown);
    return ending.status === 'guarded' && changed ? { ...ending, changed } : ending;
  }
}

function changesTwilio(event: SyncEvent): boolean {
  if (event.type === 'step')
    return event.report.uploaded > 0 || event.report.buildSid !== undefined;
  return event.type === 'uploaded' || event.type === 'building' || event.type === 'activated';
}

/** How a sync ends that threw. At a limit of Twilio's it does not throw: it is pending. */
export function endingOf(thrown: unknown): Ending {
  const failed = thrown instanceof ConfigError ? 'misconfigured' : 'failed';
  const status = thrown instanceof GuardError ? 'guarded' : failed;
  return { status, message: detailsOf(thrown) };
}

/** A Build that answers no call is a failure, though its Assets equal S3. */
export function exitStatusOf(ending: Ending): ExitStatus {
  if (ending.status === 'done' && ending.report.lacks !== undefined) return 'failed';
  return ending.status === 'interrupted' ? ending.signal : ending.status;
}
