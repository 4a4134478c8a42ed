import Twilio from 'twilio/lib/rest/Twilio';
import * as v from 'valibot';
import { systemClock } from '../src/clock';
import { type Environment, isLoopback } from '../src/config';
import { ConfigError } from '../src/errors';
import type { Target } from '../src/sync';
import { askTwilio } from '../src/twilio/errors';
import { Transport } from '../src/twilio/transport';
import { origin } from '../src/variable-types';

/** A Twilio account, as far as the command line needs it. */
export interface Account {
  readonly accountSid: string;
  readonly authToken: string;
  /** Origin of Twilio's API; undefined is Twilio's own. */
  readonly apiOrigin: string | undefined;
}

const variables = v.object({
  ACCOUNT_SID: v.pipe(
    v.string('is not set'),
    v.nonEmpty('is not set'),
    v.regex(/^AC[0-9a-f]{32}$/i, 'must be an Account SID: AC and 32 hexadecimal digits'),
  ),
  AUTH_TOKEN: v.pipe(v.string('is not set'), v.nonEmpty('is not set')),
  TWILIO_API_URL: origin,
});

/**
 * @param advice where to set what is missing
 * @throws {ConfigError} naming what is missing or malformed, never its value
 */
export function readAccount(
  { ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL }: Environment,
  advice = 'Set them in .env, or name a file with --env.',
): Account {
  const parsed = v.safeParse(
    variables,
    { ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL },
    { abortPipeEarly: true },
  );
  if (!parsed.success) {
    const lines = parsed.issues.map((issue) => `  ${v.getDotPath(issue)} ${issue.message}`);
    throw new ConfigError(['The account is not known:', ...lines, advice].join('\n'));
  }
  const { output } = parsed;
  return {
    accountSid: output.ACCOUNT_SID,
    authToken: output.AUTH_TOKEN,
    apiOrigin: output.TWILIO_API_URL,
  };
}

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
