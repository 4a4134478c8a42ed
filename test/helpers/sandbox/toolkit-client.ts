import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import { ACCOUNT_SID, AUTH_TOKEN } from './twilio-harness';

/** The toolkit's own client. Its hosts cannot be configured, so a hook leads its requests to `origin`. */
export function toolkitClient(origin: string): TwilioServerlessApiClient {
  const client = new TwilioServerlessApiClient({ username: ACCOUNT_SID, password: AUTH_TOKEN });
  const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
  const redirected = client.getClient().extend({
    hooks: {
      beforeRequest: [
        (options) => {
          options.url = new URL(options.url.pathname + options.url.search, origin);
          options.headers.authorization = `Basic ${basic}`;
        },
      ],
    },
  });
  return Object.assign(client, { client: redirected });
}
