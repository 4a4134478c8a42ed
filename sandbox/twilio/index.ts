import type { RequestListener } from 'node:http';
import type { HostedBuild } from '../hosted';
import { createListener } from './http/app';
import { resolveOptions, type TwilioOptions } from './options';
import { liveBuild } from './state/hosted';
import { addLog, type FunctionLine } from './state/logs';
import { addPhoneNumber } from './state/phone-numbers';
import { createState, type State } from './state/state';

export { defaultLimits, type Limits } from './limits';
export type { ListOrder, RequestInfo, TwilioOptions } from './options';
export type { Build, Environment, FileVersion, Service } from './state/records';
export type { State } from './state/state';

/** One account at Twilio, as far as the Serverless API and calls to its numbers go. */
export interface Twilio {
  /** Answers the API's requests and the upload host's. */
  readonly listener: RequestListener;
  /** All that it holds, for a test to look at. */
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
 * A stateful stand-in of Twilio's Serverless API v1 and its upload host, in memory, with Twilio's
 * documented limits and no timers: time is `options.now`.
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
