import { Command } from 'commander';
import colors from 'picocolors';
import { knownPrompts } from '../cli/call/prompts';
import { callTable } from '../cli/call/table';
import { promptKeys } from '../cli/call-flow';
import type { CommandContext } from '../cli/command-context';
import { oneLine } from '../cli/format';
import { detailsOf, type ExitStatus, parseArguments, startCommand } from '../cli/run-command';
import { syncRemotely } from '../cli/sync/remote';
import { COMMAND_LINE_VARIABLES, loadVariables } from '../cli/variables';
import { CALL_FLOW_FILE } from '../src/call-flow/files';
import type { CallFlow } from '../src/call-flow/schema';
import { systemClock } from '../src/clock';
import { readConfig } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import { resultOf } from '../src/result';
import { type BucketFile, readBucketFiles } from './bucket-files';
import { promptWarnings, readCallFlow } from './call-flow';
import { connectEvents } from './events/connect';
import { createHang } from './hang';
import {
  callNumber,
  chooseSynced,
  inspect,
  isAsExpected,
  type OwnRecording,
  playAll,
  type Row,
} from './inspector';
import { onKeys } from './keys';
import { createPhonePage } from './phone-page/server';
import type { S3Server } from './s3';
import { createS3Switch, type S3Switch } from './s3-switch';
import { SAMPLE_PREFIX } from './sample-bucket';
import { type Sandbox, startSandbox } from './sandbox';
import { inspectorTable, recordingsTable, summaryOf, whereToLook, writeScripts } from './screen';

/** The keys of each call, in the sample flow: opening hours, an unknown choice, then nothing. */
const DIGITS = ['1', '9'];

/** How long the first sync may take. */
const SYNC_MS = 60_000;

type Write = CommandContext['write'];

interface Options {
  readonly once?: true;
  readonly env?: string;
  readonly prompts?: string;
}

const MORE = `
At a terminal it takes keys: s stops and starts S3, c calls again, q ends.
With --env only S3 is real; the bucket is read and never written.
With --prompts the sandbox's bucket holds your files, too: prompts/ and the path within the
folder. One with the name of a sample, such as welcome.mp3, is heard in its place; the call
flow (assets/call-flow.private.json) names the others.
It answers at port 3000, or where PORT says: PORT=3001 npm start

Exit code:
  0    it was told to end; with --once: all is as it should be
  1    failed; the message says why. With --once: the call or a row is not as it should be, or
       the bucket lacks a prompt of the call flow
  2    wrong usage, configuration or call flow`;

/** How many of a user's files are played and shown one by one. */
const MAX_PLAYED = 20;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm start --')
    .description(
      'S3, Twilio and a phone on this machine: deploy, sync and call, without any account.',
    )
    .option('--once', 'end after the call; exit code 0 only if it went as it should')
    .option('--prompts <folder>', 'play your own recordings: a folder of MP3s')
    .option('--env <file>', "play your own bucket's prompts: a file with S3_BUCKET and so on")
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, environment, interruption, width } = context;
  const flow = readCallFlow();
  const port = readPort(environment.PORT);
  const ownFiles = readOwnFiles(options);
  const ownBucket = options.env === undefined ? undefined : readOwnBucket(options.env);
  let warnings = 0;
  if (ownBucket) {
    write(`Reading the bucket ${ownBucket.S3_BUCKET} …\n`);
    warnings = await warnOfMissingPrompts(flow, ownBucket, write);
  }
  const interrupted = interruption();
  write(`Starting ${ownBucket ? '' : 'S3, '}Twilio and the edge, and deploying the project …\n`);
  const sandbox = await startSandbox({ port, ownFiles, ...(ownBucket && { ownBucket }) });
  try {
    if (!ownBucket) warnings = await warnOfMissingPrompts(flow, sandbox.variables, write);
    const ownKeys = ownFiles.map(({ name }) => SAMPLE_PREFIX + name);
    const callAgain = (isS3Stopped: boolean) =>
      callAndInspect({ sandbox, flow, ownKeys, isS3Stopped, width });
    const shown = await Promise.race([
      requestSync(sandbox, write).then(() => callAgain(false)),
      interrupted.then(() => undefined),
    ]);
    if (options.once) write(shown?.text ?? '');
    if (options.once) return shown?.isAsExpected && warnings === 0 ? 'done' : 'failed';
    if (!shown) return 'done';
    writeScripts(sandbox, shown.rows);
    const s3 = sandbox.s3 && createS3Switch(sandbox.s3, sayWhetherStopped(sandbox.s3, write));
    const hang = createHang();
    const page = createPhonePage({ sandbox, flow, s3, hang });
    sandbox.putInFront((edge) => page.front(hang.front(edge)));
    // The tables come last: a small window shows them.
    write(`${whereToLook(sandbox, shown.rows.length > 0)}\n${shown.text}\n`);
    write(
      `${colors.bold(`Open ${sandbox.publicOrigin}`)} in a browser: a phone, and each request of a call.\n`,
    );
    const writeCall = async () => write((await callAgain(s3?.isStopped() ?? false)).text);
    const events = connectEvents(sandbox, write);
    await takeKeys(s3, writeCall, interrupted, write);
    write('\nStopping …\n');
    events?.stop();
    page.close();
    return 'done';
  } finally {
    await sandbox.stop();
  }
}

/** @throws {ConfigError} when the folder holds no file, or a bucket of the user's own takes its place */
function readOwnFiles({ prompts, env }: Options): readonly BucketFile[] {
  if (prompts === undefined) return [];
  if (env !== undefined) {
    throw new ConfigError(
      "Give --prompts or --env: --prompts puts files into the sandbox's own bucket, and --env takes another.",
    );
  }
  const files = readBucketFiles(prompts);
  if (files.length === 0) throw new ConfigError(`The folder ${prompts} holds no file.`);
  return files;
}

/**
 * The variables of a deployment to Twilio, without those that the sandbox makes itself.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed, never its value
 */
function readOwnBucket(file: string): Readonly<Record<string, string>> {
  const own = [...COMMAND_LINE_VARIABLES, 'TWILIO_API_URL', 'ADMIN_SECRET'];
  const variables = Object.entries(loadVariables(file, {}))
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name, value]) => value !== '' && !own.includes(name));
  const ownBucket = Object.fromEntries(variables);
  readConfig(ownBucket);
  return ownBucket;
}

/** Returns how many prompts of the call flow the bucket lacks. */
async function warnOfMissingPrompts(
  flow: CallFlow,
  variables: Readonly<Record<string, string>>,
  write: Write,
): Promise<number> {
  const warnings = await promptWarnings(flow, readConfig(variables).s3);
  for (const warning of warnings) write(`${colors.yellow(warning)}\n`);
  return warnings.length;
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

interface Demonstration {
  readonly sandbox: Sandbox;
  readonly flow: CallFlow;
  /** Keys of the user's own files. */
  readonly ownKeys: readonly string[];
  readonly isS3Stopped: boolean;
  readonly width: number;
}

/** Calls the number, plays one prompt to the inspector, and returns both as text. */
async function callAndInspect({ sandbox, flow, ownKeys, isS3Stopped, width }: Demonstration) {
  const heard = await callNumber(sandbox, DIGITS);
  const flowKeys = promptKeys(flow);
  const own = await playAll(sandbox, ownKeys.slice(0, MAX_PLAYED));
  const synced = chooseSynced(sandbox, [...ownKeys, ...flowKeys]);
  const rows: readonly Row[] = synced ? await inspect(sandbox, synced) : [];
  const parts = [
    ownKeys.length > 0 && ownRecordings(own, ownKeys, flowKeys, width),
    `${colors.bold('A call to the number')}, pressing ${DIGITS.join(', then ')}:`,
    callTable(heard, { colors, width, prompts: knownPrompts(flow), onFailure: 'skip' }),
    `${colors.bold('The request inspector')}: which URLs survive what Twilio appends`,
    synced && ownKeys.length > 0 && `It plays ${oneLine(synced.key)}.`,
    inspectorTable(rows),
    summaryOf(rows, isS3Stopped),
  ];
  const isHeard = heard.every((event) => event.kind === 'verb' || event.errorCode === undefined);
  return {
    rows,
    text: `\n${parts.filter(Boolean).join('\n\n')}\n`,
    isAsExpected: isHeard && isAsExpected(rows),
  };
}

function ownRecordings(
  played: readonly OwnRecording[],
  keys: readonly string[],
  flowKeys: ReadonlySet<string>,
  width: number,
): string {
  const more = keys.length - played.length;
  const unnamed = played.find(({ key, media }) => media?.status === 200 && !flowKeys.has(key))?.key;
  return [
    `${colors.bold('Your recordings')}, each played to a caller:`,
    '',
    recordingsTable(played, (key) => flowKeys.has(key), width),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(unnamed === undefined
      ? []
      : [
          '',
          `The call below plays those that the flow names. Name another in`,
          `${CALL_FLOW_FILE}, and start again: "key": ${JSON.stringify(unnamed)}`,
        ]),
  ].join('\n');
}

/** Says that S3 was stopped or started: by a key, or on the phone page. */
function sayWhetherStopped({ endpoint }: S3Server, write: Write): (isStopped: boolean) => void {
  return (isStopped) =>
    write(
      isStopped
        ? `\nS3 is stopped: ${endpoint} does not answer.\nPress c to call, s to start S3 again.\n`
        : '\nS3 is started again, with the same prompts.\n',
    );
}

/**
 * Resolves when the command is asked to end. Until then keys work, if there is a terminal.
 *
 * @param s3 what a key stops and starts
 */
async function takeKeys(
  s3: S3Switch | undefined,
  callAgain: () => Promise<unknown>,
  interrupted: Promise<unknown>,
  write: Write,
): Promise<void> {
  let isCalling = false;
  const printFailure = (thrown: unknown) => write(`${colors.red(detailsOf(thrown))}\n`);
  const callUnlessCalling = async () => {
    if (isCalling) return;
    isCalling = true;
    await callAgain().catch(printFailure);
    isCalling = false;
  };
  let giveBack: (() => void) | undefined;
  await new Promise<void>((end) => {
    giveBack = onKeys(process.stdin, {
      ...(s3 && { s: () => void s3.toggle().catch(printFailure) }),
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

export const main = () => startCommand(start);
