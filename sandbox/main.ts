import { Command } from 'commander';
import colors from 'picocolors';
import type { CommandContext } from '../cli/command-context';
import { detailsOf, type ExitStatus, parseArguments, startCommand } from '../cli/run-command';
import { syncRemotely } from '../cli/sync/remote';
import { loadVariables } from '../cli/variables';
import type { CallFlow } from '../src/call-flow/schema';
import { promptsOf } from '../src/call-flow/steps';
import { systemClock } from '../src/clock';
import { readConfig } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import { resultOf } from '../src/result';
import { promptWarnings, readCallFlow } from './call-flow';
import { callNumber, chooseSynced, inspect, isAsExpected, type Row } from './inspector';
import { onKeys } from './keys';
import type { S3Server } from './s3';
import { type Sandbox, startSandbox } from './sandbox';
import { heardTable, inspectorTable, summaryOf, whereToLook } from './screen';

/** The keys of each call, in the sample flow: opening hours, an unknown choice, then nothing. */
const DIGITS = ['1', '9'];

/** How long the first sync may take. */
const SYNC_MS = 60_000;

type Write = CommandContext['write'];

interface Options {
  readonly once?: true;
  readonly env?: string;
}

const MORE = `
At a terminal it takes keys: s stops and starts S3, c calls again, q ends.
With --env only S3 is real; the bucket is read and never written.

Exit code:
  0    it was told to end; with --once: the call and the inspector's rows are as they should be
  1    failed; the message says why. With --once: the call or a row is not as it should be
  2    wrong usage, configuration or call flow`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm start --')
    .description(
      'S3, Twilio and a phone on this machine: deploy, sync and call, without any account.',
    )
    .option('--once', 'end after the call; exit code 0 only if it went as it should')
    .option('--env <file>', "play your own bucket's prompts: a file with S3_BUCKET and so on")
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, environment, interruption } = context;
  const flow = readCallFlow();
  const port = readPort(environment.PORT);
  const ownBucket = options.env === undefined ? undefined : readOwnBucket(options.env);
  if (ownBucket) {
    write(`Reading the bucket ${ownBucket.S3_BUCKET} …\n`);
    await warnOfMissingPrompts(flow, ownBucket, write);
  }
  const interrupted = interruption();
  write(`Starting ${ownBucket ? '' : 'S3, '}Twilio and the edge, and deploying the project …\n`);
  const sandbox = await startSandbox({ port, ...(ownBucket && { ownBucket }) });
  try {
    if (!ownBucket) await warnOfMissingPrompts(flow, sandbox.variables, write);
    const callAgain = (isS3Stopped: boolean) => callAndInspect(sandbox, flow, isS3Stopped, write);
    const shown = await Promise.race([
      requestSync(sandbox, write).then(() => callAgain(false)),
      interrupted.then(() => undefined),
    ]);
    if (options.once) return shown?.isAsExpected ? 'done' : 'failed';
    if (!shown) return 'done';
    write(`${whereToLook(sandbox, shown.rows)}\n`);
    await takeKeys(sandbox.s3, callAgain, interrupted, write);
    write('\nStopping …\n');
    return 'done';
  } finally {
    await sandbox.stop();
  }
}

/**
 * The variables of a deployment to Twilio, without those that the sandbox makes itself.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed, never its value
 */
function readOwnBucket(file: string): Readonly<Record<string, string>> {
  const own = ['ACCOUNT_SID', 'AUTH_TOKEN', 'TWILIO_API_URL', 'ADMIN_SECRET'];
  const variables = Object.entries(loadVariables(file, {}))
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name, value]) => value !== '' && !own.includes(name));
  const ownBucket = Object.fromEntries(variables);
  readConfig(ownBucket);
  return ownBucket;
}

async function warnOfMissingPrompts(
  flow: CallFlow,
  variables: Readonly<Record<string, string>>,
  write: Write,
): Promise<void> {
  for (const warning of await promptWarnings(flow, readConfig(variables).s3)) {
    write(`${colors.yellow(warning)}\n`);
  }
}

/** Asks the deployed /sync until it is done, as a scheduler would. */
async function requestSync({ publicOrigin, variables }: Sandbox, write: Write): Promise<void> {
  const url = new URL('/sync', publicOrigin);
  const call = { url, secret: variables.ADMIN_SECRET, dryRun: false, force: false };
  const outcome = await resultOf(syncRemotely({ ...call, clock: systemClock, budgetMs: SYNC_MS }));
  if (outcome.status !== 'done') {
    throw new PlayError(
      `POST ${url} was not done after ${SYNC_MS / 1000} seconds. S3_PREFIX and SYNC_INCLUDE make a sync smaller.`,
    );
  }
  write(`Synced: ${outcome.report.prompts} prompts of the bucket are Assets now.\n`);
}

/** Calls the number, plays one prompt to the inspector, and prints both. */
async function callAndInspect(
  sandbox: Sandbox,
  flow: CallFlow,
  isS3Stopped: boolean,
  write: Write,
) {
  const heard = await callNumber(sandbox, DIGITS);
  const keys = [...promptsOf(flow)].flatMap(({ prompt }) => prompt.key ?? []);
  const synced = chooseSynced(sandbox, keys);
  const rows: readonly Row[] = synced ? await inspect(sandbox, synced) : [];
  write(`
${colors.bold('A call to the number')}, pressing ${DIGITS.join(', then ')}:

${heardTable(heard)}

${colors.bold('The request inspector')}: which URLs survive what Twilio appends

${inspectorTable(rows)}

${summaryOf(rows, isS3Stopped)}
`);
  const isHeard = heard.every((event) => event.kind === 'verb' || event.errorCode === undefined);
  return { rows, isAsExpected: isHeard && isAsExpected(rows) };
}

/**
 * Resolves when the command is asked to end. Until then keys work, if there is a terminal.
 *
 * @param s3 the server that a key stops and starts
 */
async function takeKeys(
  s3: S3Server | undefined,
  callAgain: (isS3Stopped: boolean) => Promise<unknown>,
  interrupted: Promise<unknown>,
  write: Write,
): Promise<void> {
  let isStopped = false;
  let toggling = Promise.resolve();
  let isCalling = false;
  const printFailure = (thrown: unknown) => write(`${colors.red(detailsOf(thrown))}\n`);
  const toggle = async (server: S3Server) => {
    await (isStopped ? server.start() : server.stop());
    isStopped = !isStopped;
    write(
      isStopped
        ? `\nS3 is stopped: ${server.endpoint} does not answer. Press c to call, s to start S3 again.\n`
        : '\nS3 is started again, with the same prompts.\n',
    );
  };
  const queueToggle = (server: S3Server) => {
    toggling = toggling.then(() => toggle(server)).catch(printFailure);
  };
  const callUnlessCalling = async () => {
    if (isCalling) return;
    isCalling = true;
    await callAgain(isStopped).catch(printFailure);
    isCalling = false;
  };
  let giveBack: (() => void) | undefined;
  await new Promise<void>((end) => {
    giveBack = onKeys(process.stdin, {
      ...(s3 && { s: () => queueToggle(s3) }),
      c: callUnlessCalling,
      q: end,
    });
    const keys = s3 ? 's stops and starts S3, c calls again' : 'c calls again';
    write(giveBack ? `Keys: ${keys}, q ends (as Ctrl-C does).\n` : 'Stop with Ctrl-C.\n');
    interrupted.then(() => end());
  });
  giveBack?.();
}

function readPort(value: string | undefined): number {
  if (value === undefined || value === '') return 3000;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65535) return port;
  throw new ConfigError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(value)}.`);
}

export const start = { readOptions, run };

if (require.main === module) startCommand(start);
