import type { RequestListener } from 'node:http';
import type { HostedBuild } from '../hosted-build';
import { createListener } from './app';
import { liveBuild } from './deployments';
import { addLog, type FunctionLine } from './logs';
import { resolveOptions, type TwilioOptions } from './options';
import { addPhoneNumber } from './phone-numbers';
import { createState, type State } from './state';

export type { FunctionLine } from './logs';
export type { ListOrder, MediaHabits, TwilioOptions } from './options';
export type { State } from './state';

/** One account at Twilio: the Serverless API, phone numbers, calls and the debugger's alerts. */
export interface Twilio {
  /** Answers the requests of all hosts of the API. */
  readonly listener: RequestListener;
  /** All that the account holds, for a test to look at. */
  readonly state: State;
  /**
   * What an environment serves now, by SID or domain name. Cheap, and the same object until a
   * deployment or a variable changes.
   */
  liveBuild(environment: string): HostedBuild | undefined;
  /** Keeps what a Function of an environment wrote, by the environment's SID or domain name. */
  log(environment: string, line: FunctionLine): void;
}

/**
 * A stand-in of Twilio's API, in memory, with Twilio's documented limits and no timers: time is
 * `options.now`. It serves what the commands, the toolkit and the Functions send, and no more.
 * https://www.twilio.com/docs/serverless/api
 */
export function createTwilio(options: TwilioOptions): Twilio {
  const settings = resolveOptions(options);
  const state = createState(settings);
  for (const number of settings.phoneNumbers) addPhoneNumber(state, number);
  return {
    listener: createListener(state),
    state,
    liveBuild: (environment) => liveBuild(state, environment),
    log: (environment, line) => addLog(state, environment, line),
  };
}
