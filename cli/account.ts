import Twilio from 'twilio/lib/rest/Twilio';
import { systemClock } from '../src/clock';
import { type Account, isLoopback } from '../src/config';
import { ConfigError } from '../src/errors';
import type { Target } from '../src/sync';
import { askTwilio } from '../src/twilio/errors';
import { Transport } from '../src/twilio/transport';

export { type Account, readAccount } from '../src/config';

/** Milliseconds that a command has for all that it asks of Twilio's API. */
const PATIENCE = 60_000;

/** The API client of an account, with passing failures tried again. */
export function connect({ accountSid, authToken, apiOrigin }: Account): Twilio {
  const deadline = systemClock.now().getTime() + PATIENCE;
  const httpClient = new Transport({ clock: systemClock, deadline });
  const client = new Twilio(accountSid, authToken, { httpClient });
  if (apiOrigin !== undefined) {
    client.serverless.baseUrl = apiOrigin;
    client.api.baseUrl = apiOrigin;
  }
  return client;
}

/**
 * The origin under which a deployment answers, such as https://name-1234-dev.twil.io.
 *
 * @throws {ConfigError} when there is no such Service or environment
 * @throws {TwilioError} when Twilio's API refuses
 */
export async function findOrigin(
  client: Twilio,
  { service, environment }: Target,
): Promise<string> {
  const environments = await askTwilio(`Looking for the Service ${service}`, () =>
    client.serverless.v1.services(service).environments.list(),
  );
  const found = environments.find(
    ({ sid, domainSuffix }) => environment === (domainSuffix ?? '') || environment === sid,
  );
  if (found) return `${isLoopback(found.domainName) ? 'http' : 'https'}://${found.domainName}`;
  throw new ConfigError(
    `The Service ${service} has no environment "${environment}": deploy the project first.`,
  );
}
