import { existsSync, readFileSync } from 'node:fs';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import type { Environment } from '../../src/config';
import { DEFAULTS, type SyncEvent, type SyncOutcome, sync } from '../../src/sync';
import { type DeploymentVariables, readDeploymentVariables } from '../deployment-variables';
import { findTarget } from '../target';
import type { SyncOptions } from './options';

/**
 * Runs the sync on this machine.
 *
 * @throws {ConfigError} naming each variable that is missing or malformed
 */
export function syncHere(
  options: SyncOptions,
  environment: Environment,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { dryRun, force, concurrency, maxDelete, deployed } = options;
  const { config, account } = variablesFor(options, environment);
  return sync(config, findTarget(options, account.accountSid), {
    ...DEFAULTS,
    dryRun,
    force,
    concurrency,
    maxDelete: maxDelete / 100,
    flowIsLive: deployed,
    flow: existsSync(CALL_FLOW_FILE) ? readFileSync(CALL_FLOW_FILE, 'utf8') : DEFAULTS.flow,
  });
}

/** What was asked for stands before what is configured. */
function variablesFor(
  { prefix, include, exclude }: SyncOptions,
  environment: Environment,
): DeploymentVariables {
  const { config, account } = readDeploymentVariables(
    prefix === undefined ? environment : { ...environment, S3_PREFIX: prefix },
  );
  const sync = {
    ...config.sync,
    include: include ?? config.sync.include,
    exclude: exclude ?? config.sync.exclude,
  };
  return { config: { ...config, sync }, account };
}
