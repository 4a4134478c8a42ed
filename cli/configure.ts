import { Command } from 'commander';
import { systemClock } from '../src/clock';
import { checkTarget, DEFAULTS } from '../src/sync';
import { findEnvironment } from '../src/twilio/environments';
import { connectionsOf, connectServerless } from './account';
import { emptyBucketLine } from './bucket';
import type { CommandContext } from './command-context';
import { checkVariables } from './deploy/prepare';
import { VariableSetter } from './deploy/variable-setter';
import {
  checkSizes,
  deployedVariables,
  planVariables,
  type Values,
  type VariableChanges,
  valuesOf,
} from './deploy/variables';
import { addTargetOptions } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { findTarget, type TargetOptions } from './target';
import { ENV_FILE, readEnvFile } from './variables';

interface Options extends TargetOptions {
  /** File with the variables and the account. */
  readonly env: string;
}

const DESCRIPTION = `Gives a deployment the variables of the file, without a deploy: a new secret, or another setting. The next request gets them, and no call is interrupted.`;

const MORE = `
It checks them first, as a deploy does: their form and sizes, and whether S3 takes the access key. Variables of this project's that the file does not set are removed. Those of other names stay. No value is printed.

Variables and account are those of the file. Variables of the shell are ignored.

Exit code:
  0  the deployment has the variables of the file
  1  failed; the message says which variables may be as they were
  2  wrong usage or configuration; nothing was changed
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = addTargetOptions(new Command('npm run configure --').description(DESCRIPTION))
    .option('--env <file>', 'file with the variables and the account', ENV_FILE)
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, writeError } = context;
  const { env } = options;
  const file = readEnvFile(env);
  const { config, account } = checkVariables(file, env);
  const target = findTarget(options, account.accountSid);
  const connect = (deadline?: number) => connectServerless(account, target.service, deadline);
  const twilio = connect();
  const environment = await findEnvironment(twilio, target);
  const current = valuesOf(await twilio.variables(environment.sid));
  const wanted = deployedVariables(file);
  const changes = planVariables(current, wanted, environment.buildSid !== undefined);
  const summary = summaryOf(current, wanted, changes);
  if (summary === '') {
    write(`Nothing to do: ${environment.domainName} has the variables of ${env}.\n`);
    return 'done';
  }
  checkSizes(current, wanted, changes, env);
  // What vanished from the bucket stops nothing here: nothing is published.
  const settings = { ...DEFAULTS, ...connectionsOf({ config, account }), force: true };
  const { listedKeys } = await checkTarget(config, target.service, environment, settings);
  if (listedKeys.length === 0) writeError(`${emptyBucketLine(config.s3)}\n`);
  const setter = new VariableSetter(changes, {
    connect,
    environmentSid: environment.sid,
    clock: systemClock,
  });
  try {
    await setter.setAll();
  } catch (thrown) {
    const names = setter.unset.join(', ');
    writeError(`These variables may be as they were: ${names}. Run it again.\n`);
    throw thrown;
  }
  write(`${environment.domainName} has the variables of ${env}.\n${summary}`);
  return 'done';
}

/** Names of the variables that change, in lines; empty where none does. A value is never shown. */
function summaryOf(current: Values, wanted: Values, { remove }: VariableChanges): string {
  const set = Object.keys(wanted).filter((name) => wanted[name] !== current[name]);
  const removed = remove.filter((name) => name in current);
  return [
    ...(set.length > 0 ? [`  set: ${set.join(', ')}\n`] : []),
    ...(removed.length > 0 ? [`  removed: ${removed.join(', ')}\n`] : []),
  ].join('');
}

export const configure = { readOptions, run };

export const main = () => startCommand(configure);
