import { type RecordedExchange, recordExchanges } from '../../../sandbox/rehearsal/recorder';
import { createTwilio, type Twilio, type TwilioOptions } from '../../../sandbox/twilio';
import { ACCOUNT_SID, AUTH_TOKEN, serve } from '../sandbox/twilio-harness';
import { checkExchange } from './contract';

export { ACCOUNT_SID, AUTH_TOKEN };

export const HANDLER = [{ name: '@twilio/runtime-handler', version: '2.0.1' }];

/** The stand-in behind a recorder. */
export interface Recorded {
  readonly origin: string;
  readonly twilio: Twilio;
  readonly exchanges: readonly RecordedExchange[];
  /** The operations that were used, each once, and all departures from Twilio's description. */
  check(): Promise<{ operations: string[]; problems: string[] }>;
}

/** Starts a stand-in whose requests and responses are all kept, until the test is over. */
export async function startRecorded(options: Partial<TwilioOptions> = {}): Promise<Recorded> {
  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    buildMs: 0,
    ...options,
  });
  const exchanges: RecordedExchange[] = [];
  const origin = await serve(recordExchanges(twilio.listener, (it) => exchanges.push(it)));
  return {
    origin,
    twilio,
    exchanges,
    async check() {
      const checks = await Promise.all(exchanges.map(checkExchange));
      const used = checks.flatMap(({ operation }) => operation ?? []);
      return {
        operations: [...new Set(used)].sort(),
        problems: checks.flatMap(({ problems }) => problems),
      };
    },
  };
}
