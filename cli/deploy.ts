import { Command } from 'commander';
import {
  type Account,
  type Config,
  ignoredVariables,
  type OptionalVariable,
  type Variables,
} from '../src/config';
import { ConfigError } from '../src/errors';
import { ADMIN_SECRET_CHARACTERS } from '../src/limits';
import {
  type CheckedTarget,
  checkTarget,
  DEFAULTS,
  GuardError,
  type LiveTarget,
} from '../src/sync';
import { connectionsOf, type DeploymentVariables, readDeploymentVariables } from './account';
import { readCallFlow } from './call-flow';
import type { CommandContext } from './command-context';
import { missingPromptLines } from './deploy/missing-prompts';
import { type DeployTarget, restorePreviousBuild } from './deploy/restore';
import { refuseStaleVariables } from './deploy/stale-variables';
import { adviceOnRefusal, deployWithToolkit } from './deploy/toolkit';
import { addEnvironmentOptions, targetWords } from './options';
import {
  detailsOf,
  type ExitStatus,
  failureStatusOf,
  parseArguments,
  startCommand,
} from './run-command';
import { sync } from './sync';
import { exitStatusOf, runSync } from './sync/run-sync';
import { findOrigin, findTarget, lastDeployedBuild } from './target';
import { ENV_FILE, readEnvFile } from './variables';

interface Options {
  /** Domain suffix. */
  readonly environment: string;
  readonly production?: true;
  /** File with the variables. */
  readonly env: string;
  readonly force?: true;
}

const DESCRIPTION = `Deploys the project with Twilio's own deployer, and syncs the prompts at once: a deploy takes those of the last sync out of what is live. If the sync fails, the previous Build becomes live again.`;

const MORE = `
Before anything is deployed, it checks the variables, asks Twilio for the account and for variables that the file does not set, lists the bucket, compares the list with what is live and with the call flow, and reads one byte of a prompt.

Variables and account are those of the file. Variables of the shell are ignored.

Exit code:
  0    the project is live, and Assets equal S3
  1    failed; the message says why, and what is live
  2    wrong usage or configuration; nothing was deployed
  3    a guard stopped it: too many prompts vanished from S3; --force goes on all the same
  4    not finished, or a limit of Twilio's is reached: deploy again later; the message says what is live
  130  stopped by Ctrl-C (143 by SIGTERM); the message says what is live`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run deploy --').description(DESCRIPTION);
  addEnvironmentOptions(command)
    .option('--env <file>', 'file with the variables and the account', ENV_FILE)
    .option('--force', 'go on where a guard would stop')
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const prepared = await prepare(options, context);
  return typeof prepared === 'string' ? prepared : deployAndSync(prepared, context);
}

interface Prepared {
  /** File with the variables. */
  readonly env: string;
  readonly force: boolean;
  readonly variables: Variables;
  readonly target: DeployTarget;
  /** What is live; undefined before the first deploy. */
  readonly before: LiveTarget | undefined;
}

/** Runs every check that needs no deploy. Returns an exit status when the deploy must not start. */
async function prepare(options: Options, context: CommandContext): Promise<Prepared | ExitStatus> {
  const { env, force = false } = options;
  const { writeError } = context;
  try {
    const variables = readEnvFile(env);
    const { config, account } = checkVariables(variables, env);
    const target = { account, ...findTarget(options, account.accountSid) };
    const checked = await Promise.race([
      check(config, { variables, env, target, force }),
      context.interruption().then((signal) => ({ signal })),
    ]);
    if (!('signal' in checked)) {
      const { listedKeys, live: before } = checked;
      context.write(missingPromptLines(readCallFlow(), listedKeys, config.s3.prefix));
      return { env, force, variables, target, before };
    }
    writeError('Stopped. Nothing was deployed.\n');
    return checked.signal;
  } catch (thrown) {
    writeError(`${detailsOf(thrown)}\nNothing was deployed.\n`);
    if (thrown instanceof GuardError) {
      const environment = options.production ? '' : options.environment;
      const again = `npm run deploy -- ${targetWords(environment, env)} --force`;
      writeError(`To go on all the same: ${again}\n`);
    }
    return thrown instanceof GuardError ? 'guarded' : failureStatusOf(thrown);
  }
}

/** Checks what can be asked before a deploy. */
async function check(
  config: Config,
  { variables, env, target, force }: Omit<Prepared, 'before'>,
): Promise<CheckedTarget> {
  await refuseStaleVariables(target, variables, env);
  const connections = connectionsOf({ config, account: target.account });
  const settings = { ...DEFAULTS, ...connections, force };
  const checked = await checkTarget(config, target, settings);
  refuseOtherApi(target.account, env);
  return checked;
}

/**
 * Refuses an account whose API is not at Twilio: the toolkit asks Twilio itself, whatever the file
 * says, so that another account than the checked one would change.
 *
 * @param env the file
 * @throws {ConfigError}
 */
export function refuseOtherApi({ apiOrigin }: Account, env: string): void {
  if (apiOrigin === undefined) return;
  throw new ConfigError(
    `${env} sets TWILIO_API_URL, and Twilio's deployer would ask Twilio itself. Leave it out to deploy to Twilio; npm run sandbox:deploy rehearses a deploy on this machine.`,
  );
}

/**
 * Checks the variables before anything is deployed.
 *
 * @param variables those of the file, where the toolkit finds the account, too
 * @param env the file
 * @throws {ConfigError} naming all that is missing, malformed or would be ignored, never a value
 */
export function checkVariables(variables: Variables, env: string): DeploymentVariables {
  const problems = ignoredVariables(variables).map((name) => IGNORED[name]);
  try {
    const read = readDeploymentVariables(variables, `Set them in ${env}.`);
    if (problems.length === 0) return read;
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    problems.unshift(thrown.message);
  }
  throw new ConfigError(problems.join('\n'));
}

/** What a deployment does without the optional variables that it would ignore. */
export const IGNORED: Readonly<Record<OptionalVariable, string>> = {
  ADMIN_SECRET: `ADMIN_SECRET is shorter than ${ADMIN_SECRET_CHARACTERS} characters, or not ASCII, or has a blank at an end: /sync would stay closed. Make one with openssl rand -hex 32, or leave it empty.`,
  OPERATOR_NUMBER:
    'OPERATOR_NUMBER is no phone number such as +815012345678: callers would never be connected to it.',
};

/** Restores the previous Build, whatever fails. */
async function deployAndSync(prepared: Prepared, context: CommandContext): Promise<ExitStatus> {
  const { env, target, before } = prepared;
  const { writeError } = context;
  context.interruption().then(() => writeError('Stopping …\n'));
  // ZB… of the Build that the toolkit made live.
  let deployed: string | undefined;
  let status: ExitStatus = 'failed';
  try {
    status = await deployCode(target.environment, env, context);
    if (status === 'done') {
      deployed = lastDeployedBuild(target.account.accountSid);
      status = await syncPrompts(prepared, context);
    }
  } catch (thrown) {
    status = 'failed';
    writeError(`${detailsOf(thrown)}\n`);
  }
  if (status === 'done') {
    context.write(`${await nextSteps(target, env)}\n`);
  } else {
    writeError(`${await restorePreviousBuild(target, env, before, deployed)}\n`);
  }
  return status;
}

/** Where the project is now, and what to type next. */
async function nextSteps(target: DeployTarget, env: string): Promise<string> {
  const words = targetWords(target.environment, env);
  // All is done: that the domain cannot be looked up now is no failure.
  const origin = await findOrigin(target.account, target).catch(() => 'The project');
  return [
    `${origin} answers now. Next:`,
    `  npm run call -- ${words} --digits 1`,
    `  npm run number -- ${words} --phone <a number of the account>`,
  ].join('\n');
}

async function deployCode(
  environment: string,
  env: string,
  context: CommandContext,
): Promise<ExitStatus> {
  const { status, errors } = await deployWithToolkit(environment, env, context);
  const advice = status === 'done' ? undefined : adviceOnRefusal(errors);
  if (advice !== undefined) context.writeError(`${advice}\n`);
  return status;
}

async function syncPrompts(
  { target, force, variables }: Prepared,
  context: CommandContext,
): Promise<ExitStatus> {
  const args = ['--environment', target.environment];
  const options = sync.readOptions(force ? [...args, '--force'] : args, context);
  const status = exitStatusOf(await runSync(options, () => variables, 'deploy', context));
  // The exit code of `misconfigured` means that nothing was deployed.
  return status === 'misconfigured' ? 'failed' : status;
}

export const deploy = { readOptions, run };

export const main = () => startCommand(deploy, { keepsHeapSmall: true });
