/** Runs a rehearsal in a process of its own: Twilio's runtime sets globals that Jest replaces. */

import type { CallOptions, HttpRequest } from '../../../phone';
import { DEFAULT_LIMITS } from '../../../phone/overrides';
import type { RecordedExchange } from '../../../sandbox/rehearsal/recorder';
import {
  DOMAIN_NAME,
  type RehearsalOptions,
  startRehearsal,
} from '../../../sandbox/rehearsal/rehearsal';
import { callRehearsal, numberUrls } from '../../../sandbox/rehearsal/scenario';

async function start(options: Omit<RehearsalOptions, 'onExchange'>) {
  const exchanges: RecordedExchange[] = [];
  const rehearsal = await startRehearsal({ ...options, onExchange: (it) => exchanges.push(it) });
  const { accountSid, authToken, apiKey, directory, environment, variables, twilio } = rehearsal;
  const { authorityFile, internet } = rehearsal;
  return {
    started: {
      accountSid,
      authToken,
      apiKey,
      directory,
      environment,
      variables,
      authorityFile,
      internet: { port: internet.port },
    },
    actions: {
      call: (call: Partial<CallOptions>) => callRehearsal(rehearsal, call),
      /** Calls the account's number, where it leads. */
      ring: (call: Partial<CallOptions>) =>
        callRehearsal(rehearsal, { ...numberUrls(rehearsal), ...call }),
      live: async () => twilio.liveBuild(DOMAIN_NAME),
      /** Sends a request to the deployed domain. */
      request: (sent: Pick<HttpRequest, 'method' | 'url' | 'headers'>) =>
        rehearsal.internet.send({ ...sent, limits: DEFAULT_LIMITS }),
      services: async () => twilio.state.services.size,
      /** Domain suffixes of all environments; production has null. */
      environments: async () =>
        [...twilio.state.services.values()].flatMap(({ environments }) =>
          [...environments.values()].map(({ domainSuffix }) => domainSuffix),
        ),
      /** The requests and responses since the call before. */
      exchanges: async () => exchanges.splice(0),
      stop: () => rehearsal.stop(),
    },
  };
}

export type Running = Awaited<ReturnType<typeof start>>;
type Actions = Running['actions'];

/** What the test sends: an action and its argument. */
export interface ActionRequest {
  readonly action: keyof Actions;
  readonly argument: unknown;
}

async function main(): Promise<void> {
  const { started, actions } = await start(JSON.parse(process.argv[2] ?? '{}'));
  process.on('message', async ({ action, argument }: ActionRequest) => {
    const perform = async () => Reflect.apply(actions[action], undefined, [argument]);
    process.send?.(
      await perform().then(
        (result) => ({ result }),
        (error: Error) => ({ error: error.stack }),
      ),
    );
    if (action === 'stop') process.disconnect();
  });
  process.send?.({ result: started });
}

main().catch((error: Error) => {
  process.send?.({ error: error.stack });
  process.disconnect();
});
