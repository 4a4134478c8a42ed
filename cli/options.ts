import { type Command, InvalidArgumentError, Option } from 'commander';
import { PHONE_NUMBER, parseOrigin } from '../src/config';
import { quoted } from './npm-options';
import type { TargetOptions } from './target';
import { ENV_FILE } from './variables';

// Options and values that several verbs have.

/** Adds the option that names a Service. */
export function addServiceOption(command: Command): Command {
  return command.option(
    '--service <name>',
    "the Service's SID or unique name (default: where it was deployed)",
  );
}

/** Adds the options that name a Service and its environment. */
export function addTargetOptions(command: Command): Command {
  return addEnvironmentOptions(addServiceOption(command));
}

/** Adds the options that name an environment of a Service. */
export function addEnvironmentOptions(command: Command): Command {
  return command
    .option(
      '--environment <suffix>',
      'of the domain: dev is name-1234-dev.twil.io',
      readSuffix,
      'dev',
    )
    .addOption(
      new Option('--production', 'the environment without a suffix').conflicts('environment'),
    );
}

function readSuffix(text: string): string {
  if (/^[a-z0-9-]*$/i.test(text)) return text;
  throw new InvalidArgumentError('It has letters, digits and hyphens only.');
}

/** How an environment is named to a verb, and to the toolkit. */
export function environmentArguments(environment: string): string[] {
  return environment === '' ? ['--production'] : ['--environment', environment];
}

/** The end of a command to type: the environment, and the file if it is not the default one. */
export function targetWords(environment: string, env: string): string {
  const file = env === ENV_FILE ? [] : ['--env', quoted(env)];
  return [...environmentArguments(environment), ...file].join(' ');
}

/** Which deployment a command is for. */
export interface DeploymentOptions extends TargetOptions {
  /** Origin of the deployment; undefined looks it up. */
  readonly url?: string;
  /** File with the variables. */
  readonly env: string;
}

/** Adds the options that name a deployment. */
export function addDeploymentOptions(command: Command): Command {
  command.option('--url <origin>', 'the deployment, instead of looking it up', readOrigin);
  return addTargetOptions(command).option(
    '--env <file>',
    'file with the account (ACCOUNT_SID, AUTH_TOKEN or API_KEY and API_SECRET)',
    ENV_FILE,
  );
}

/** @throws {InvalidArgumentError} for anything but the origin of a deployment */
export function readOrigin(text: string): string {
  const origin = parseOrigin(text);
  if (origin !== undefined) return origin;
  throw new InvalidArgumentError(
    'It must be an origin, such as https://name-1234-dev.twil.io (http only for localhost).',
  );
}

/** @throws {InvalidArgumentError} for anything but a phone number in E.164 */
export function readPhoneNumber(text: string): string {
  if (PHONE_NUMBER.test(text)) return text;
  throw new InvalidArgumentError('It must be in E.164. Give it as +815012345678.');
}

/** @throws {InvalidArgumentError} for anything but a whole number of seconds */
export function readSeconds(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of seconds.');
}
