import { Command } from 'commander';
import { type Account, readAccount } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import type { CommandContext } from './command-context';
import { ENV_FILE, loadEnvironment } from './environment';
import { check } from './live-check/check';
import type { Finding } from './live-check/findings';
import { readPhoneNumber, readSeconds } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';

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

Exit code: 0 the account was asked, whatever it answered; 1 it was not asked, or not
to the end; 2 wrong usage or configuration.`;

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
    .option('--env <file>', 'file with ACCOUNT_SID and AUTH_TOKEN', ENV_FILE)
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, writeError, environment } = context;
  const account = readAccount(loadEnvironment(options.env, environment));
  if (!options.yes && !(await isAgreed(options, account, context))) {
    throw new PlayError('Nothing was made, and nobody was called.');
  }
  const { from, to, patience, json } = options;
  let status: ExitStatus = 'done';
  const findings = await check({
    account,
    call: { from, to, patience: patience * 1000 },
    tell: (doing) => (json ? undefined : write(`${doing}\n`)),
    warn(message) {
      writeError(`${message}\n`);
      status = 'failed';
    },
    signal: abortedByInterruption(context),
  });
  write(`${json ? JSON.stringify(findings, undefined, 2) : print(findings)}\n`);
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

if (require.main === module) startCommand({ readOptions, run });
