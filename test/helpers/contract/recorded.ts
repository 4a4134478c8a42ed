import { afterEach } from '@jest/globals';
import { type Listening, listen } from '../../../sandbox/listen';
import { type RecordedExchange, recordExchanges } from '../../../sandbox/rehearsal/recorder';
import { createTwilio, type Twilio, type TwilioOptions } from '../../../sandbox/twilio';
import { judge } from './contract';

export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'a token for tests';
export const HANDLER = [{ name: '@twilio/runtime-handler', version: '2.0.1' }];

/** The stand-in behind a recorder. */
export interface Recorded {
  readonly origin: string;
  readonly twilio: Twilio;
  readonly exchanges: readonly RecordedExchange[];
  /** The operations that were used, each once, and all that departs from Twilio's description. */
  verdict(): Promise<{ operations: string[]; problems: string[] }>;
}

const running: Listening[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Starts a stand-in whose every request and answer is kept, until the test is over. */
export async function startRecorded(options: Partial<TwilioOptions> = {}): Promise<Recorded> {
  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    buildMs: 0,
    ...options,
  });
  const exchanges: RecordedExchange[] = [];
  const server = await listen(recordExchanges(twilio.listener, (it) => exchanges.push(it)));
  running.push(server);
  return {
    origin: server.url,
    twilio,
    exchanges,
    async verdict() {
      const verdicts = await Promise.all(exchanges.map(judge));
      const used = verdicts.flatMap(({ operation }) => operation ?? []);
      return {
        operations: [...new Set(used)].sort(),
        problems: verdicts.flatMap(({ problems }) => problems),
      };
    },
  };
}
