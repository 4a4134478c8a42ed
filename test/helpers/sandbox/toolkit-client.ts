import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import { redirectToolkit } from '../../../sandbox/deploy';
import { ACCOUNT_SID, AUTH_TOKEN } from './twilio-harness';

/** The toolkit's own client, with its requests led to `apiOrigin`. */
export function toolkitClient(apiOrigin: string): TwilioServerlessApiClient {
  const client = new TwilioServerlessApiClient({ username: ACCOUNT_SID, password: AUTH_TOKEN });
  redirectToolkit(client, { apiOrigin, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN });
  return client;
}
