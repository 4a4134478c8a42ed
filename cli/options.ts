import { type Command, InvalidArgumentError } from 'commander';
import { isLoopback, PHONE_NUMBER } from '../src/config';
import type { TargetOptions } from './target';
import { ENV_FILE } from './variables';

// Options and values that several verbs have.

/** Adds the options that name a Service and its environment. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('--service <name>', "the Service's SID or unique name (default: where it was deployed)")
    .option('--environment <suffix>', "as serverless:deploy names it; '' for production", 'dev');
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
    'file with ACCOUNT_SID, AUTH_TOKEN and TWILIO_API_URL',
    ENV_FILE,
  );
}

/** @throws {InvalidArgumentError} for anything but the origin of a deployment */
export function readOrigin(text: string): string {
  if (URL.canParse(text)) {
    const { origin, protocol, host, pathname, search, hash, username, password } = new URL(text);
    const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(host));
    const isOrigin =
      pathname === '/' && [search, hash, username, password].every((it) => it === '');
    if (safe && isOrigin) return origin;
  }
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
