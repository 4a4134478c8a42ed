import { existsSync, readFileSync } from 'node:fs';
import { type Config, type Environment, readConfig } from '../../src/config';
import { CALL_FLOW_FILE } from '../../src/flow/parse';
import { DEFAULTS, type SyncEvent, type SyncOutcome, sync } from '../../src/sync';
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
  const { dryRun, force, concurrency, maxDelete } = options;
  const config = configOf(options, environment);
  return sync(config, findTarget(options, config.twilio.accountSid), {
    ...DEFAULTS,
    dryRun,
    force,
    concurrency,
    maxDelete: maxDelete / 100,
    flow: existsSync(CALL_FLOW_FILE) ? readFileSync(CALL_FLOW_FILE, 'utf8') : DEFAULTS.flow,
  });
}

/** What was asked for stands before what is configured. */
function configOf({ prefix, include, exclude }: SyncOptions, environment: Environment): Config {
  const config = readConfig(
    prefix === undefined ? environment : { ...environment, S3_PREFIX: prefix },
  );
  const { sync } = config;
  return {
    ...config,
    sync: { ...sync, include: include ?? sync.include, exclude: exclude ?? sync.exclude },
  };
}
