import { Command, InvalidArgumentError } from 'commander';
import { parseArguments } from '../command-line';
import { ENV_FILE } from '../environment';

export interface Options {
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

/** @throws {CommanderError} for wrong usage, and after the help */
export function readOptions(args: readonly string[]): Options {
  const command = new Command('npm run live-check --')
    .description(DESCRIPTION)
    .requiredOption('--from <number>', 'a number of the account, such as +815012345678', readNumber)
    .requiredOption('--to <number>', 'a phone that you answer', readNumber)
    .option('--yes', 'do not ask before the call, which Twilio bills')
    .option('--json', 'print the findings as JSON')
    .option('--patience <seconds>', 'how long to wait for logs after the call', readSeconds, 60)
    .option('--env <file>', 'file with ACCOUNT_SID and AUTH_TOKEN', ENV_FILE)
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args);
}

function readNumber(text: string): string {
  if (!/^\+\d{7,15}$/.test(text)) throw new InvalidArgumentError('Give it as +815012345678.');
  return text;
}

function readSeconds(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Give it in seconds.');
  return Number(text);
}
