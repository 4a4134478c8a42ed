import { Command, InvalidArgumentError } from 'commander';
import { ENV_FILE } from '../environment';
import { readOrigin } from '../origin';
import type { TargetOptions } from '../target';

export interface NumberCommandOptions extends TargetOptions {
  /** E.164. */
  readonly phone: string;
  readonly yes: boolean;
  /** Origin of the deployment; undefined looks it up. */
  readonly url?: string;
  readonly env: string;
}

const DESCRIPTION = `Lets a deployment answer a phone number: sets the number's voice URL, its fallback URL and their methods, and shows them before and after. Asks first where calls to the number go somewhere else now.`;

const MORE = `
Exit code:
  0  calls to the number go to the deployment
  1  failed, or not agreed to; nothing was changed unless the message says so
  2  wrong usage or configuration`;

export interface Output {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/**
 * Reads the arguments that follow the command's name.
 *
 * @throws {CommanderError} for wrong usage, after having said what is wrong, and for --help
 */
export function readOptions(
  args: readonly string[],
  { write, writeError }: Output,
): NumberCommandOptions {
  const options = new Command('npm run number --')
    .description(DESCRIPTION)
    .requiredOption('--phone <number>', 'a number of the account, such as +815012345678', readPhone)
    .option('--yes', 'do not ask')
    .option('--url <origin>', 'the deployment, instead of looking it up', readOrigin)
    .option('--service <name>', "the Service's SID or unique name (default: where it was deployed)")
    .option('--environment <suffix>', "as serverless:deploy names it; '' for production", 'dev')
    .option('--env <file>', 'file with ACCOUNT_SID, AUTH_TOKEN and TWILIO_API_URL', ENV_FILE)
    .addHelpText('after', MORE)
    .configureOutput({ writeOut: write, writeErr: writeError, getOutHelpWidth: () => 100 })
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Omit<NumberCommandOptions, 'yes'> & { yes?: boolean }>();
  return { yes: false, ...options };
}

function readPhone(text: string): string {
  if (/^\+[1-9]\d{6,14}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be in E.164: + and digits, such as +815012345678.');
}
