import * as v from 'valibot';
import { ConfigError } from '../errors';
import type { Providers } from '.';

const providers = v.object({
  fetchTemporaryCredentials: v.custom<Providers['fetchTemporaryCredentials']>(
    (value) => typeof value === 'function',
  ),
});

/**
 * Loads AWS's providers from the private Function of this deployment that holds nothing else, so
 * that a Function that need not load them need not carry them either.
 *
 * https://www.twilio.com/docs/serverless/functions-assets/visibility
 *
 * @throws {ConfigError} when it was not deployed
 */
export async function loadPrivateFunction(): Promise<Providers> {
  const functions = Runtime.getFunctions();
  const file = functions.credentials ?? functions['/credentials'];
  if (file) return v.parse(providers, require(file.path));
  throw new ConfigError(
    'Loading the private Function credentials: it is not in this Build. Deploy the whole project again.',
  );
}
