import { systemClock } from '../clock';
import type { Config } from '../config';
import { ConfigError } from '../errors';
import { PromptBucket } from '../s3/prompts';
import { Serverless } from '../twilio/serverless';
import { Transport } from '../twilio/transport';
import { reconcile, type SyncEvent, type SyncOutcome } from './reconcile';

export type { SyncEvent, SyncOutcome, SyncReport } from './reconcile';

/** One environment of one Service. */
export interface Target {
  /** SID or unique name. */
  readonly service: string;
  /** ZE…, or the domain suffix that `serverless:deploy` calls the environment, such as dev. */
  readonly environment: string;
}

/**
 * Syncs S3 into one environment's Assets.
 *
 * @param budget milliseconds after which no further step is begun
 * @throws {ConfigError} when credentials are missing or there is no such environment
 * @throws {PlayError} when S3 or Twilio refuses
 */
export async function* sync(
  { s3, twilio: { accountSid, authToken, apiOrigin } }: Config,
  { service, environment }: Target,
  budget: number,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  if (accountSid === undefined || authToken === undefined) {
    throw new ConfigError('ACCOUNT_SID and AUTH_TOKEN are not set: the sync needs both.');
  }
  const clock = systemClock;
  const deadline = clock.now().getTime() + budget;
  const transport = new Transport({ clock, deadline });
  const twilio = new Serverless({ accountSid, authToken, apiOrigin, transport }, service);
  const environmentSid = await findEnvironment(twilio, environment);
  const bucket = new PromptBucket(s3);
  try {
    return yield* reconcile({ bucket, twilio, environmentSid, clock, deadline });
  } finally {
    bucket.close();
  }
}

async function findEnvironment(twilio: Serverless, environment: string): Promise<string> {
  if (/^ZE[0-9a-f]{32}$/.test(environment)) return environment;
  const found = await twilio.environmentBySuffix(environment);
  if (found) return found.sid;
  throw new ConfigError(
    `The Service has no environment "${environment}": deploy the project first.`,
  );
}
