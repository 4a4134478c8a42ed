import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Target } from '../src/sync';

/** What `serverless:deploy` remembers: account and region → where it deployed to. */
const deployInfo = v.record(v.string(), v.object({ serviceSid: v.string() }));
const packageJson = v.object({ name: v.string() });

export interface TargetOptions {
  readonly service?: string;
  readonly environment: string;
}

/**
 * The Service that the toolkit deployed this project to: from its .twiliodeployinfo, otherwise the
 * one that is named like the package, as `serverless:deploy` names it.
 *
 * @param accountSid the deployment of another account is not ours
 */
export function findTarget(
  { service, environment }: TargetOptions,
  accountSid: string | undefined,
): Target {
  return { service: service ?? deployedService(accountSid) ?? packageName(), environment };
}

function deployedService(accountSid: string | undefined): string | undefined {
  if (!existsSync('.twiliodeployinfo')) return undefined;
  const parsed = v.safeParse(deployInfo, readJson('.twiliodeployinfo'));
  return parsed.success ? parsed.output[`${accountSid}:us1`]?.serviceSid : undefined;
}

function packageName(): string {
  return v.parse(packageJson, readJson('package.json')).name;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
