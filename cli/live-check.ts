import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import twilio from 'twilio';
import * as v from 'valibot';
import { type Account, readAccount } from '../src/config';
import { ConfigError, messageOf, PlayError } from '../src/errors';
import { RUNTIME_HANDLER, RUNTIME_HANDLER_PACKAGE } from '../src/limits';
import { connectServerless } from './account';
import type { CommandContext } from './command-context';
import {
  callFindings,
  describeSize,
  type Finding,
  NO_CALL,
  platformFindings,
  showsAnything,
  sizeFinding,
} from './live-check/findings';
import {
  handlerToDeploy,
  requestBuilds,
  requestSizes,
  SERVED_TIMEOUT_MS,
  waitUntilServed,
} from './live-check/platform';
import {
  createService,
  deployService,
  REMOVE_BY_HAND,
  removeService,
  SERVICE_NAME,
} from './live-check/service';
import { makeTestCall } from './live-check/test-call';
import { readPhoneNumber, readSeconds } from './options';
import { PROJECT_DIRECTORY } from './project';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { ENV_FILE, loadVariables } from './variables';

interface Options {
  /** E.164. */
  readonly from: string;
  readonly to: string;
  readonly yes?: true;
  readonly json?: true;
  /** Seconds. */
  readonly patience: number;
  /** File with the account. */
  readonly env: string;
}

const DESCRIPTION = `Finds out on your own Twilio account what only a live account can show: see docs/fidelity.md. Makes a temporary Service, calls a phone once, and removes the Service again.`;

const MORE = `
Answer the phone and listen; on a trial account, press a key when you are asked to.

Exit code:
  0  the account was asked, whatever it answered
  1  it was not asked, or not to the end
  2  wrong usage or configuration
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run live-check --')
    .description(DESCRIPTION)
    .requiredOption(
      '--from <number>',
      'a number of the account, such as +815012345678',
      readPhoneNumber,
    )
    .requiredOption('--to <number>', 'a phone that you answer', readPhoneNumber)
    .option('--yes', 'do not ask before the call, which Twilio bills')
    .option('--json', 'print the findings as JSON')
    .option('--patience <seconds>', 'how long to wait for logs after the call', readSeconds, 60)
    .option(
      '--env <file>',
      'file with ACCOUNT_SID, and AUTH_TOKEN or API_KEY and API_SECRET',
      ENV_FILE,
    )
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, writeError, environment } = context;
  const account = readAccount(loadVariables(options.env, environment));
  if (!options.yes && !(await isAgreed(options, account, context))) {
    throw new PlayError('Nothing was made, and nobody was called.');
  }
  let status: ExitStatus = 'done';
  const findings = await check(options, account, context, (problem) => {
    writeError(`${problem}\n`);
    status = 'failed';
  });
  write(`${options.json ? JSON.stringify(findings, undefined, 2) : print(findings)}\n`);
  return status;
}

async function isAgreed(
  { from, to }: Options,
  { accountSid }: Account,
  { confirm }: CommandContext,
): Promise<boolean> {
  const what = `This makes a temporary Service in ${accountSid} and calls ${to} from ${from}: one call of half a minute and some 30 runs of Functions, at your Twilio rates.`;
  if (confirm === undefined) throw new ConfigError(`${what} Say so with --yes.`);
  return confirm(`${what} Go on?`);
}

/** Time for all requests about handlers and runtimes. */
const PLATFORM_BUDGET_MS = 2 * 60_000;

/**
 * Answers every question about a live account. Always removes the Service, and hangs up the call.
 *
 * @param onProblem called when the account was not asked to the end, or the Service not removed
 * @throws {Error} of the Twilio library or its toolkit, and the reason of an interruption
 */
async function check(
  { from, to, patience, json }: Options,
  account: Account,
  context: CommandContext,
  onProblem: (problem: string) => void,
): Promise<Finding[]> {
  const { clock } = context;
  const signal = abortedByInterruption(context);
  const { accountSid, credential } = account;
  const client = twilio(credential.username, credential.password, { accountSid, autoRetry: true });
  const announce = (doing: string) => {
    signal.throwIfAborted();
    if (!json) context.write(`${doing}\n`);
  };
  const run = randomBytes(8).toString('hex');
  // Removes what an interrupted run left. A wrong token fails here, before anything is made.
  await removeService(client);
  try {
    announce(`Making the Service ${SERVICE_NAME}, and asking which runtimes Twilio takes …`);
    const serviceSid = await createService(client);
    const deadline = clock.now().getTime() + PLATFORM_BUDGET_MS;
    const serverless = connectServerless(account, serviceSid, deadline);
    const platform = await requestBuilds(serverless, RUNTIME_HANDLER, signal);
    announce('Deploying Functions that observe the test call …');
    const handler = handlerToDeploy(platform, RUNTIME_HANDLER);
    const dependencies = { ...ownDependencies(), [RUNTIME_HANDLER_PACKAGE]: handler };
    const service = await deployService(account, { serviceSid, run, dependencies });
    announce('Waiting until its domain is served …');
    const served = await waitUntilServed(service.origin, { clock, signal });
    if (served !== 'whole') {
      onProblem(
        `${service.origin} is not served ${SERVED_TIMEOUT_MS / 1000} s after its deploy: one byte ${describeSize(served)}. Nobody was called. Try again later.`,
      );
      return [...platformFindings(platform), ...callFindings(NO_CALL), sizeFinding([])];
    }
    announce('Asking a Function for larger and larger answers …');
    const size = sizeFinding(await requestSizes(service.origin, signal));
    announce(`Calling ${to} …`);
    const call = { from, to, run, logTimeoutMs: patience * 1000 };
    const report = await makeTestCall(client, service, call, { clock, signal });
    if (!showsAnything(report)) {
      onProblem(
        `The call showed nothing: it ended as ${report.status}, and no log of the Functions came within ${patience} s. Answer the phone, or wait longer with --patience.`,
      );
    }
    return [...platformFindings(platform), ...callFindings(report), size];
  } finally {
    await removeService(client).catch((thrown: unknown) =>
      onProblem(`${messageOf(thrown)} ${REMOVE_BY_HAND}`),
    );
  }
}

const packageSchema = v.object({ dependencies: v.record(v.string(), v.string()) });

/** The project's dependencies: Twilio installs them with these Functions, too. */
function ownDependencies(): Record<string, string> {
  const file = join(PROJECT_DIRECTORY, 'package.json');
  return v.parse(packageSchema, JSON.parse(readFileSync(file, 'utf8'))).dependencies;
}

function abortedByInterruption({ interruption, writeError }: CommandContext): AbortSignal {
  const controller = new AbortController();
  interruption().then((name) => {
    writeError('Cleaning up …\n');
    controller.abort(new PlayError(`Stopped by ${name}.`));
  });
  return controller.signal;
}

function print(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ question }) => question.length));
  return findings
    .map(({ question, answer }) => `  ${question.padEnd(width)}  ${answer}`)
    .join('\n');
}

export const liveCheck = { readOptions, run };

export const main = () => startCommand(liveCheck);
