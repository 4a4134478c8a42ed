import {
  CONNECT_OVERRIDE_MAX_MS,
  CONNECT_TIMEOUT_MS,
  OVERRIDE_MIN_MS,
  READ_OVERRIDE_MAX_MS,
  READ_TIMEOUT_MS,
  RETRIES,
  RETRIES_MAX,
  TOTAL_TIMEOUT_MS,
} from '../src/limits';
import { CallError } from './events';
import { describeUrl } from './request';
import type { TimeLimits } from './time-limits';

/** What an attempt may fail of so that there is another. */
export const RETRY_REASONS = ['ct', 'rt', '4xx', '5xx'] as const;

export type RetryReason = (typeof RETRY_REASONS)[number];

/** How Twilio connects to a webhook. */
export interface ConnectionSettings {
  /** `totalMs` is for all attempts together. */
  readonly limits: TimeLimits;
  readonly retries: number;
  readonly retryOn: readonly RetryReason[];
  /** The error when the total time is over. */
  readonly totalErrorCode: number;
}

/** Without overrides. https://www.twilio.com/docs/api/errors/11205 */
export const DEFAULT_LIMITS: TimeLimits = {
  connectMs: CONNECT_TIMEOUT_MS,
  readMs: READ_TIMEOUT_MS,
  totalMs: TOTAL_TIMEOUT_MS,
};

/** The overrides that the phone follows: the least and the most of each number. */
const RANGES = {
  ct: [OVERRIDE_MIN_MS, CONNECT_OVERRIDE_MAX_MS],
  rt: [OVERRIDE_MIN_MS, READ_OVERRIDE_MAX_MS],
  tt: [OVERRIDE_MIN_MS, READ_OVERRIDE_MAX_MS],
  rc: [0, RETRIES_MAX],
} as const;

/**
 * Reads the connection overrides of a webhook: the fragment of its URL, such as `#ct=1500&rp=ct,rt`.
 * What Twilio does with others than it documents is not known: here they are errors, and so are `e` and
 * `sni`, which choose one of Twilio's edges and a TLS extension.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 *
 * @throws {CallError} 11100 for a fragment that is anything else
 */
export function readOverrides(url: string): ConnectionSettings {
  const [, fragment] = /#(.*)$/s.exec(url) ?? [];
  const refuse = (what: string): never => {
    throw new CallError(
      11100,
      `Invalid URL format: ${describeUrl(url)}, connection overrides: ${what}`,
    );
  };
  const given = new Map<string, string>();
  for (const pair of fragment?.split('&') ?? []) {
    const [, name = '', value = ''] = /^([a-z]+)=(.+)$/.exec(pair) ?? [];
    if (!Object.hasOwn(RANGES, name) && name !== 'rp') {
      refuse(`"${pair.slice(0, 50)}" is none of ct, rt, tt, rc and rp`);
    }
    if (given.has(name)) refuse(`${name} is there twice`);
    given.set(name, value);
  }
  const number = (name: keyof typeof RANGES, otherwise: number): number => {
    const value = given.get(name);
    if (value === undefined) return otherwise;
    const [least, most] = RANGES[name];
    const read = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    return read >= least && read <= most ? read : refuse(`${name} is ${least} to ${most}`);
  };
  return {
    limits: {
      connectMs: number('ct', DEFAULT_LIMITS.connectMs),
      readMs: number('rt', DEFAULT_LIMITS.readMs),
      totalMs: number('tt', DEFAULT_LIMITS.totalMs),
    },
    retries: number('rc', RETRIES),
    retryOn:
      readPolicy(given.get('rp') ?? 'ct') ?? refuse('rp is a list of ct, rt, 4xx, 5xx, or all'),
    // https://www.twilio.com/docs/api/errors/11203
    totalErrorCode: given.has('tt') ? 11203 : 11205,
  };
}

function readPolicy(value: string): readonly RetryReason[] | undefined {
  const words = value === 'all' ? RETRY_REASONS : value.split(',');
  const known = RETRY_REASONS.filter((reason) => words.includes(reason));
  return known.length === words.length ? known : undefined;
}
