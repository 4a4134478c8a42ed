import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type Twilio from 'twilio/lib/rest/Twilio';
import { type Account, readAccount } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import type { Environment, Serverless, Service } from '../src/twilio/serverless';
import { connectServerless } from './account';
import type { CommandContext } from './command-context';
import { formatCount, oneLine } from './format';
import { connect } from './library';
import {
  type AccountNumber,
  differences,
  listNumbers,
  type Routing,
  setRouting,
  undoCommand,
} from './number';
import { addServiceOption } from './options';
import { PROJECT_DIRECTORY } from './project';
import { functionNameOf, ownershipOf, routingWithout } from './remove/plan';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { findTarget, forgetDeploy } from './target';
import { ENV_FILE, loadVariables } from './variables';

interface Options {
  /** SID or unique name. */
  readonly service?: string;
  readonly yes?: true;
  /** File with the variables. */
  readonly env: string;
}

const DESCRIPTION = `Removes the deployment from Twilio: takes its URLs away from the phone numbers that have them, and deletes the Service with all environments, Functions, Assets and Builds. Shows all of that first, and asks. The bucket is not touched.`;

const MORE = `
A Service with Functions that are not this project's is removed only if --service names it.

Stopped or failed half way, it goes on where it ended when it is run again.

Exit code:
  0  all is removed
  1  failed, or not agreed to; the message says what was removed
  2  wrong usage or configuration; nothing was removed
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = addServiceOption(new Command('npm run remove --').description(DESCRIPTION))
    .option('--yes', 'do not ask')
    .option('--env <file>', 'file with the account', ENV_FILE)
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, writeError, environment } = context;
  const account = readAccount(loadVariables(options.env, environment));
  const found = await findDeployment(options, account);
  if (found === undefined) return forget(options, account, context);
  write(summaryOf(found, options.env));
  if (!options.yes && !(await isAgreed(found.service, context))) return 'failed';
  try {
    await removeAll(found, account, write);
  } catch (thrown) {
    writeError('Not all is removed. Run it again: it goes on where it ended.\n');
    throw thrown;
  }
  write(LEFT);
  return 'done';
}

/** A number that has URLs of the deployment, and where its calls go without them. */
interface RoutedNumber extends AccountNumber {
  readonly after: Routing;
}

/** All that is removed. */
interface Deployment {
  readonly service: Service;
  readonly twilio: Serverless;
  readonly client: Twilio;
  readonly environments: readonly Environment[];
  readonly functionCount: number;
  readonly assetCount: number;
  readonly numbers: readonly RoutedNumber[];
}

/**
 * Finds what there is to remove; undefined where there is no such Service.
 *
 * @throws {ConfigError} when it is not this project's, and not named
 * @throws {TwilioApiError} when Twilio's API refuses
 */
async function findDeployment(options: Options, account: Account): Promise<Deployment | undefined> {
  const named = serviceOf(options, account);
  const service = await connectServerless(account, named).serviceIfAny();
  if (service === undefined) return undefined;
  const twilio = connectServerless(account, service.sid);
  const client = connect(account);
  const [functions, assets, environments, numbers] = await Promise.all([
    twilio.resources('Functions'),
    twilio.resources('Assets'),
    twilio.environments(),
    listNumbers(client),
  ]);
  const names = functions.map(({ friendlyName }) => friendlyName);
  if (options.service === undefined) refuseForeign(service, names);
  const domains = environments.map(({ domainName }) => domainName);
  return {
    service,
    twilio,
    client,
    environments,
    functionCount: names.length,
    assetCount: assets.length,
    numbers: numbers.flatMap((number) => {
      const after = routingWithout(domains, number.routing);
      return after === undefined ? [] : [{ ...number, after }];
    }),
  };
}

const serviceOf = ({ service }: Options, { accountSid }: Account): string =>
  findTarget({ ...(service !== undefined && { service }), environment: '' }, accountSid).service;

/** @throws {ConfigError} when the Service is not this project's deployment, or holds more */
function refuseForeign({ sid, uniqueName }: Service, names: readonly string[]): void {
  const own = readdirSync(join(PROJECT_DIRECTORY, 'functions'), {
    recursive: true,
    encoding: 'utf8',
  }).map(functionNameOf);
  const { isOurs, foreign } = ownershipOf(names, own);
  if (isOurs) return;
  const why =
    foreign.length === 0
      ? 'has no Function of this project'
      : `has Functions that this project does not have: ${foreign.map(oneLine).join(', ')}`;
  throw new ConfigError(
    `The Service ${uniqueName} (${sid}) ${why}. Nothing was removed. To remove it all the same: npm run remove -- --service ${uniqueName}`,
  );
}

/** The Service is gone: what is left of an earlier removal is the note of it. */
function forget(options: Options, account: Account, { write }: CommandContext): ExitStatus {
  const named = serviceOf(options, account);
  if (!forgetDeploy(account.accountSid, named)) {
    throw new ConfigError(
      `The account ${account.accountSid} has no Service ${named}: there is nothing to remove, or --service names another one.`,
    );
  }
  write(`The Service ${named} is gone already; .twiliodeployinfo names it no more.\n`);
  return 'done';
}

function summaryOf(
  { service, environments, functionCount, assetCount, numbers }: Deployment,
  env: string,
): string {
  const lines = [
    `This removes the Service ${service.uniqueName} (${service.sid}) with all that it has:`,
    ...environments.map(({ domainName }) => `  ${domainName}`),
    `  ${formatCount(functionCount, 'Function')}, ${formatCount(assetCount, 'Asset')}, and all Builds`,
  ];
  if (numbers.length === 0) return `${lines.join('\n')}\nNo phone number has its URLs.\n`;
  return `${[
    ...lines,
    'These numbers lose its URLs, and calls to them are answered no more. The line',
    'that gives a number its URLs back:',
    ...numbers.map(({ phone, routing }) => `  ${undoCommand(phone, env, routing)}`),
  ].join('\n')}\n`;
}

/** Without a yes nothing is removed. */
async function isAgreed(
  { uniqueName }: Service,
  { confirm, writeError }: CommandContext,
): Promise<boolean> {
  const agreed = await confirm?.(`Remove ${uniqueName}?`);
  if (!agreed) {
    const advice = confirm === undefined ? ' Give --yes to remove it.' : '';
    writeError(`Nothing was removed.${advice}\n`);
  }
  return agreed ?? false;
}

/** Numbers first: while they have the URLs, somebody may call them. */
async function removeAll(
  { service, twilio, client, environments, numbers }: Deployment,
  { accountSid }: Account,
  write: CommandContext['write'],
): Promise<void> {
  for (const number of numbers) {
    const missed = differences(await setRouting(client, number, number.after), number.after);
    if (missed.length > 0) {
      throw new PlayError(
        `${number.phone} has the URLs of the deployment still: ${missed.join(', ')}.`,
      );
    }
    write(`${number.phone} has its URLs no more.\n`);
  }
  // Whether Twilio removes a Service that has a live Build is not documented.
  for (const { sid, domainName } of environments) {
    await twilio.deleteEnvironment(sid);
    write(`${domainName} is removed.\n`);
  }
  await twilio.deleteService();
  write(`The Service ${service.uniqueName} is removed.\n`);
  forgetDeploy(accountSid, service.sid);
}

const LEFT = `
Left, as it is not of this Service. Remove what nothing else uses:
  the bucket with its objects; nothing here touches it
  the access key or role in IAM, and its policy
  EventBridge: aws cloudformation delete-stack --stack-name <its name>
  TwiML applications and other webhooks of the account that name its URLs
  the secrets of a scheduled workflow, such as GitHub's
  API keys in Twilio's console, and ${ENV_FILE}
`;

export const remove = { readOptions, run };

export const main = () => startCommand(remove);
