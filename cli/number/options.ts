import { Command, InvalidArgumentError } from 'commander';
import { PHONE_NUMBER } from '../../src/config';
import { type CommandOutput, parseArguments } from '../command-line';
import { addDeploymentOptions, type DeploymentOptions } from '../deployment-options';

export interface NumberCommandOptions extends DeploymentOptions {
  /** E.164. */
  readonly phone: string;
  readonly yes: boolean;
}

const DESCRIPTION = `Lets a deployment answer a phone number: sets the number's voice URL, its fallback URL and their methods, and shows them before and after. Asks first where calls to the number go somewhere else now.`;

const MORE = `
Exit code:
  0  calls to the number go to the deployment
  1  failed, or not agreed to; nothing was changed unless the message says so
  2  wrong usage or configuration`;

/**
 * Reads the arguments that follow the command's name.
 *
 * @throws {CommanderError} for wrong usage, after having said what is wrong, and for --help
 */
export function readOptions(args: readonly string[], output: CommandOutput): NumberCommandOptions {
  const command = new Command('npm run number --')
    .description(DESCRIPTION)
    .requiredOption('--phone <number>', 'a number of the account, such as +815012345678', readPhone)
    .option('--yes', 'do not ask')
    .addHelpText('after', MORE);
  type Given = Omit<NumberCommandOptions, 'yes'> & { yes?: boolean };
  const options = parseArguments<Given>(addDeploymentOptions(command), args, output);
  return { yes: false, ...options };
}

function readPhone(text: string): string {
  if (PHONE_NUMBER.test(text)) return text;
  throw new InvalidArgumentError('It must be in E.164: + and digits, such as +815012345678.');
}
