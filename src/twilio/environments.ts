import { ConfigError } from '../errors';
import { isNotFound } from './errors';
import type { Environment, Serverless } from './serverless';

/** One environment of one Service. */
export interface Target {
  /** SID or unique name. */
  readonly service: string;
  /** ZE…, or the domain suffix that `serverless:deploy` calls the environment, such as dev. */
  readonly environment: string;
}

/**
 * Looks up an environment.
 *
 * @throws {ConfigError} when there is no such Service or environment
 * @throws {TwilioApiError} when Twilio refuses
 */
export async function findEnvironment(
  twilio: Serverless,
  { service, environment }: Target,
): Promise<Environment> {
  const environments = await environmentsOf(twilio);
  if (environments === undefined) {
    throw new ConfigError(
      `The account has no Service ${service}: deploy the project first, or name another one.`,
    );
  }
  const found = named(environments, environment);
  if (found) return found;
  throw new ConfigError(
    `The Service ${service} has no environment "${environment}": deploy the project first.`,
  );
}

/**
 * Looks up an environment; undefined where there is no such Service or environment.
 *
 * @throws {TwilioApiError} when Twilio refuses
 */
export async function findEnvironmentIfAny(
  twilio: Serverless,
  { environment }: Pick<Target, 'environment'>,
): Promise<Environment | undefined> {
  return named((await environmentsOf(twilio)) ?? [], environment);
}

/** Undefined where there is no such Service. */
async function environmentsOf(twilio: Serverless): Promise<Environment[] | undefined> {
  try {
    return await twilio.environments();
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

function named(environments: readonly Environment[], name: string): Environment | undefined {
  return environments.find(({ sid, domainSuffix }) => name === domainSuffix || name === sid);
}
