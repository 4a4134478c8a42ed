import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Account, publicOriginOf } from '../src/config';
import { ConfigError } from '../src/errors';
import { findEnvironment, type Target } from '../src/twilio/environments';
import type { Environment } from '../src/twilio/serverless';
import { connectServerless } from './account';

/** What `serverless:deploy` remembers: account and region → where it deployed to. */
const DEPLOY_INFO = '.twiliodeployinfo';
const PACKAGE = 'package.json';

const deployInfo = v.record(v.string(), v.looseObject({ serviceSid: v.string() }));
const packageJson = v.object({ name: v.string() });

export interface TargetOptions {
  /** SID or unique name. */
  readonly service?: string;
  /** Domain suffix or ZE… */
  readonly environment: string;
  /** Whether it is the environment without a suffix. */
  readonly production?: true;
}

/**
 * The Service that the toolkit deployed this project to: from its .twiliodeployinfo, otherwise the
 * one that is named like the package, as `serverless:deploy` names it.
 *
 * @param accountSid the deployment of another account is not ours
 * @param directory the project's
 * @throws {ConfigError} when one of the two files is not readable
 */
export function findTarget(
  { service, environment, production }: TargetOptions,
  accountSid: string | undefined,
  directory = process.cwd(),
): Target {
  const found = service ?? lastDeploy(directory, accountSid)?.serviceSid ?? packageName(directory);
  return { service: found, environment: production ? '' : environment };
}

/**
 * Forgets that the toolkit deployed to a Service: a deploy to one that is gone would fail.
 *
 * @param serviceSid ZS…
 * @returns whether the account had deployed to it from this folder
 * @throws {ConfigError} when the file is not readable
 */
export function forgetDeploy(
  accountSid: string,
  serviceSid: string,
  directory = process.cwd(),
): boolean {
  const all = Object.entries(readDeployInfo(directory));
  const kept = all.filter(
    ([key, deployed]) => deployed.serviceSid !== serviceSid || !keysOf(accountSid).includes(key),
  );
  if (kept.length === all.length) return false;
  const text = JSON.stringify(Object.fromEntries(kept), null, '\t');
  writeFileSync(join(directory, DEPLOY_INFO), text);
  return true;
}

function lastDeploy(directory: string, accountSid: string | undefined) {
  if (accountSid === undefined) return undefined;
  const deployed = readDeployInfo(directory);
  const [key = ''] = keysOf(accountSid).filter((each) => each in deployed);
  return deployed[key];
}

/** The toolkit wrote the account alone once, and still reads that. */
const keysOf = (accountSid: string): string[] => [`${accountSid}:us1`, accountSid];

function readDeployInfo(directory: string): v.InferOutput<typeof deployInfo> {
  const file = join(directory, DEPLOY_INFO);
  if (!existsSync(file)) return {};
  const deployed = v.safeParse(deployInfo, readJson(file));
  if (!deployed.success) throw notUsable(file);
  return deployed.output;
}

function packageName(directory: string): string {
  const file = join(directory, PACKAGE);
  const parsed = v.safeParse(packageJson, existsSync(file) ? readJson(file) : undefined);
  if (!parsed.success) throw notUsable(file);
  return parsed.output.name;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw notUsable(file, cause);
  }
}

function notUsable(file: string, cause?: unknown): ConfigError {
  return new ConfigError(
    `Looking for the Service in ${file}: it does not name one. Deploy the project, or give --service.`,
    { cause },
  );
}

/**
 * The origin of a deployment, such as https://name-1234-dev.twil.io.
 *
 * @throws {ConfigError} when there is no such Service or environment
 * @throws {TwilioApiError} when Twilio's API refuses
 */
export async function findOrigin(account: Account, target: Target): Promise<string> {
  return originOf(await findEnvironment(connectServerless(account, target.service), target));
}

/** The origin under which an environment is reached. */
export function originOf({ domainName }: Pick<Environment, 'domainName'>): string {
  return publicOriginOf(domainName);
}
