import { Command } from 'commander';
import type { CommandContext } from './command-context';
import { type DeployOptions, type Prepared, prepare } from './deploy/prepare';
import { publish } from './deploy/publish';
import {
  addEnvironmentOptions,
  environmentArguments,
  readPhoneNumber,
  targetWords,
} from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { findOrigin, findTarget } from './target';
import { ENV_FILE } from './variables';

const DESCRIPTION = `Deploys the project. Twilio's own deployer uploads and builds it where no caller is; then one Build with the new code and the prompts of S3 becomes live, in one step. Until then, and if anything fails, callers hear what they heard before.`;

const MORE = `
Before anything is deployed, it checks the variables and their sizes, asks Twilio for the account, lists the bucket, compares the list with what is live and with the call flow, and reads one byte of a prompt.

Variables and account are those of the file. Variables of the shell are ignored. The environment's variables become those of the file as the Build becomes live; what a deploy that fails before that has added is taken back. Variables of this project's that the file does not set are removed. Those of other names stay.

Exit code:
  0    the project is live, and Assets equal S3
  1    failed; the message says why, and what is live
  2    wrong usage or configuration; nothing was deployed
  3    a guard stopped it: too many prompts vanished from S3; --force goes on all the same
  4    not finished, or a limit of Twilio's is reached: deploy again later; the message says what is live
  130  stopped by Ctrl-C (143 by SIGTERM); the message says what is live`;

function readOptions(args: readonly string[], context: CommandContext): DeployOptions {
  const command = new Command('npm run deploy --').description(DESCRIPTION);
  addEnvironmentOptions(command)
    .option('--env <file>', 'file with the variables and the account', ENV_FILE)
    .option('--force', 'go on where a guard would stop')
    .option(
      '--phone <number>',
      'a number of the account that the project answers from now on',
      readPhoneNumber,
    )
    .option('--yes', 'do not ask before calls to that number go here')
    .addHelpText('after', MORE);
  return parseArguments<DeployOptions>(command, args, context);
}

async function run(options: DeployOptions, context: CommandContext): Promise<ExitStatus> {
  const prepared = await prepare(options, context);
  if (typeof prepared === 'string') return prepared;
  const published = await publish(prepared, context);
  if (published !== 'done') return published;
  const { phone } = options;
  const status = phone === undefined ? 'done' : await setNumber(phone, options, prepared, context);
  context.write(`${await nextSteps(options, prepared, status)}\n`);
  return status;
}

/** Lets the deployment answer a number, as `npm run number` does. */
async function setNumber(
  phone: string,
  { yes }: DeployOptions,
  { env, target }: Prepared,
  context: CommandContext,
): Promise<ExitStatus> {
  const { number } = await import('./number');
  // As for the deploy, the variables of the shell do not count.
  const ofFile = { ...context, environment: {} };
  const words = [...environmentArguments(target.environment), '--env', env, '--phone', phone];
  const options = number.readOptions(yes ? [...words, '--yes'] : words, ofFile);
  return number.run(options, ofFile);
}

/** Where the project is now, and what to type next. */
async function nextSteps(
  { phone }: DeployOptions,
  { account, target: { environment }, env, before }: Prepared,
  numberStatus: ExitStatus,
): Promise<string> {
  const words = targetWords(environment, env);
  // All is done: that the domain cannot be looked up now is no failure.
  const origin = await findOrigin(account, findTarget({ environment }, account.accountSid)).catch(
    () => 'The project',
  );
  const number = phone ?? '<a number of the account>';
  const isAnswered = phone !== undefined && numberStatus === 'done';
  return [
    `${origin} answers now. Next:`,
    `  npm run call -- ${words} --digits 1`,
    ...(isAnswered ? [] : [`  npm run number -- ${words} --phone ${number}`]),
    `  npm run sync -- ${words}        after each change of the bucket`,
    // Before the first deploy there is nothing to go back to.
    ...(before?.buildSid ? [`  npm run rollback -- ${words}    back to the code before`] : []),
  ].join('\n');
}

export const deploy = { readOptions, run };

export const main = () => startCommand(deploy, { keepsHeapSmall: true });
