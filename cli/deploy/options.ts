import { Command, InvalidArgumentError } from 'commander';
import { type CommandOutput, parseArguments } from '../command-line';

export interface DeployOptions {
  /** Domain suffix. */
  readonly environment: string;
  readonly force: boolean;
}

const DESCRIPTION = `Deploys the project with Twilio's own deployer, and syncs the prompts at once: a deploy takes those of the last sync out of what is live. First checks whether the sync can succeed. If the sync fails anyway, the previous Build becomes live again.`;

const MORE = `
Variables and account are those of .env. Variables of the shell are ignored.

Exit code:
  0    the project is live, and Assets equal S3
  1    failed; the message says why, and what is live
  2    wrong usage or configuration; nothing was deployed
  3    a guard stopped it: too many prompts vanished from S3; --force goes on all the same
  4    the sync was not finished: deploy again later; the message says what is live
  130  stopped by Ctrl-C (143 by SIGTERM); the message says what is live`;

/**
 * Reads the arguments that follow the command's name.
 *
 * @throws {CommanderError} for wrong usage, after having said what is wrong, and for --help
 * @throws {ConfigError} when npm kept options for itself
 */
export function readOptions(args: readonly string[], output: CommandOutput): DeployOptions {
  const command = new Command('npm run deploy --')
    .description(DESCRIPTION)
    .option('--environment <suffix>', 'of the domain: dev is name-1234-dev.twil.io', suffix, 'dev')
    .option('--force', 'go on where a guard would stop')
    .addHelpText('after', MORE);
  type Given = Omit<DeployOptions, 'force'> & { force?: boolean };
  return { force: false, ...parseArguments<Given>(command, args, output) };
}

function suffix(text: string): string {
  if (/^[a-z0-9-]+$/i.test(text)) return text;
  throw new InvalidArgumentError('It has letters, digits and hyphens only.');
}
