import { relative } from 'node:path';
import { Command } from 'commander';
import colors from 'picocolors';
import type { CommandContext } from '../cli/command-context';
import { type ExitStatus, parseArguments, startCommand } from '../cli/run-command';
import { systemClock } from '../src/clock';
import { readConfig } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import { resultOf } from '../src/result';
import type { SyncReport } from '../src/sync';
import { syncRemotely } from '../src/sync/remote';
import { promptWarnings, readCallFlow } from './flow';
import {
  callNumber,
  callWithPresignedUrl,
  inspect,
  isAsExpected,
  NUMBER,
  type Row,
} from './inspector';
import { callTable, inspectorTable } from './print';
import { type Sandbox, startSandbox } from './sandbox';

/** What the newcomer presses: opening hours, something unknown, then nothing. */
const DIGITS = ['1', '9'];

/** Milliseconds that the sync of the sample prompts may take. */
const SYNC_BUDGET = 60_000;

interface Options {
  readonly once?: true;
}

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm start --')
    .description(
      'S3, Twilio and a phone on this machine: deploy, sync and call, without any account.',
    )
    .option('--once', 'end after the call; exit code 0 only if it went as it should');
  return parseArguments<Options>(command, args, context);
}

async function run(
  { once: endAfterCall }: Options,
  { environment, interruption }: CommandContext,
): Promise<ExitStatus> {
  const flow = readCallFlow();
  const port = readPort(environment.PORT);
  const interrupted = interruption();
  console.log('Starting S3, Twilio and the edge, and deploying the project …');
  const sandbox = await startSandbox({ port });
  try {
    for (const warning of await promptWarnings(flow, readConfig(sandbox.variables).s3)) {
      console.log(colors.yellow(warning));
    }
    const rows = await Promise.race([rehearse(sandbox), interrupted.then(() => undefined)]);
    if (endAfterCall) return rows && isAsExpected(rows) ? 'done' : 'failed';
    if (!rows) return 'done';
    printWhereToLook(sandbox, rows);
    await interrupted;
    console.log('\nStopping …');
    return 'done';
  } finally {
    await sandbox.stop();
  }
}

/** Calls the number before and after the sync, and prints what happened. */
async function rehearse(sandbox: Sandbox): Promise<readonly Row[]> {
  const unsynced = await callNumber(sandbox, []);
  const { prompts } = await requestSync(sandbox);
  console.log(`Synced: ${prompts} prompts of the bucket are Assets now.`);
  const synced = await callNumber(sandbox, DIGITS);
  const presigned = await callWithPresignedUrl(sandbox, new Date());
  const rows = inspect(presigned, synced, unsynced);

  console.log(`\n${colors.bold('A call to the number')}, pressing ${DIGITS.join(', then ')}:\n`);
  console.log(synced.length > 0 ? callTable(synced) : '  nothing that is a recording');
  console.log(`\n${colors.bold('The request inspector')}: who survives what Twilio appends\n`);
  console.log(inspectorTable(rows));
  console.log(`\n${verdictOn(rows)}`);
  return rows;
}

function verdictOn(rows: readonly Row[]): string {
  if (isAsExpected(rows)) return 'Row 2 is the bug. Rows 3 and 4 are this project.';
  return rows.length < 4
    ? colors.yellow(
        'Rows are missing: the call flow plays no recording while it waits for a key, or S3 lacks it.',
      )
    : colors.red('This is not what should have come: 200, 403, 200, 200.');
}

/** Asks the deployed /sync until it is done, as a scheduler would. */
async function requestSync({ publicOrigin, variables }: Sandbox): Promise<SyncReport> {
  const url = new URL('/sync', publicOrigin);
  const call = { url, secret: variables.ADMIN_SECRET, dryRun: false, force: false };
  const outcome = await resultOf(
    syncRemotely({ ...call, clock: systemClock, budget: SYNC_BUDGET }),
  );
  if (outcome.status === 'done') return outcome.report;
  throw new PlayError(`POST ${url} was not done after ${SYNC_BUDGET / 1000} seconds.`);
}

function printWhereToLook(
  { publicOrigin, s3, variables, envFile, logFile }: Sandbox,
  rows: readonly Row[],
): void {
  const [log, env] = [logFile, envFile].map((file) => relative(process.cwd(), file));
  const { accessKeyId, secretAccessKey } = s3.credentials;
  const prompts = `${s3.endpoint}/${variables.S3_BUCKET}/${variables.S3_PREFIX}`;
  console.log(`
The phone number is     ${NUMBER}
It is answered at       ${publicOrigin}/voice
The prompts are at      ${prompts}
Twilio's API is at      ${variables.TWILIO_API_URL}
The Functions log to    ${log}
Variables for commands  ${env}

${howToAppend(rows)}
Replace a prompt by another MP3, and sync:
  curl -T sandbox/prompts/directions.mp3 --aws-sigv4 aws:amz:${s3.region}:s3 --user ${accessKeyId}:${secretAccessKey} \\
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' ${prompts}menu.mp3
  npm run sync -- --env ${env}
Call, and press 1 and 9:
  npm run call -- --env ${env} --digits 1,9

A change of the call flow is heard after the next npm start. Stop with Ctrl-C.`);
}

/** A command for each kind of URL that the inspector shows. */
function howToAppend(rows: readonly Row[]): string {
  const urls = new Map(rows.map(({ plays, step }) => [plays, step.url]));
  const commands = [...urls].map(([plays, url]) => {
    const appended = `${url}${url.includes('?') ? '&' : '?'}CallSid=CA1`.replaceAll("'", '%27');
    return `  # ${plays}\n  curl -so /dev/null -w '%{http_code}\\n' '${appended}'\n`;
  });
  return `Append a parameter to a URL by hand; without CallSid=CA1, each of them answers 200:\n${commands.join('')}`;
}

function readPort(value: string | undefined): number {
  if (value === undefined || value === '') return 3000;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65535) return port;
  throw new ConfigError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(value)}.`);
}

startCommand({ readOptions, run });
