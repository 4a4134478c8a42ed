import type { PhoneOptions } from '../../phone';
import { BUILDS_PER_HOUR, MAX_PAGE_SIZE } from '../../src/limits';
import type { BuildContents } from './builds';

/** Twilio does not document the order of its lists: code that is right under all three is right. */
export type ListOrder = 'newest' | 'oldest' | 'shuffled';

/** How calls fetch media and sign: what is not known of the real Twilio is a switch. */
export type MediaHabits = Pick<
  PhoneOptions,
  'append' | 'signMedia' | 'fallbackOnMediaError' | 'signOverrides' | 'heedMediaOverrides'
>;

/** Those limits that a test can lower. */
export interface Limits {
  /** In the account, over any 60 minutes. */
  readonly buildsPerHour: number;
  /** Requests of the account in progress at once. Twilio has such a limit, and no number for it. */
  readonly concurrentRequests: number;
  readonly pageSize: number;
}

export interface TwilioOptions {
  /** The one account: user name and password of basic authentication. */
  readonly accountSid: string;
  readonly authToken: string;
  /**
   * The secrets of the account's standard API keys, by their SIDs. Such a key may do all that is
   * served here. Default: none. https://www.twilio.com/docs/iam/api-keys/keys-in-console
   */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** The time, in milliseconds since the epoch. */
  readonly now?: () => number;
  readonly limits?: Partial<Limits>;
  /** Milliseconds from a Build's creation until it has completed or failed. Default 500. */
  readonly buildMs?: number;
  /** Decides at its creation how a Build will end. Default: none fails. */
  readonly buildFails?: (build: BuildContents) => boolean;
  /**
   * The domain name of a new environment, which no other one has. Default: as Twilio composes it,
   * under `twil.io`.
   */
  readonly domainName?: (
    service: { readonly domainBase: string; readonly uniqueName: string },
    environment: { readonly uniqueName: string; readonly domainSuffix: string | null },
  ) => string;
  /** The account's phone numbers, in E.164. Default: one. */
  readonly phoneNumbers?: readonly string[];
  /** How calls that are made through the API reach their URLs. Default: as in 2019. */
  readonly phone?: MediaHabits & Pick<PhoneOptions, 'send'>;
  /** Order of every list. Default `newest` first; `shuffled` is by SID, so as random as they are. */
  readonly listOrder?: ListOrder;
  /**
   * How a Build spells its versions' visibility. The examples in Twilio's OpenAPI description have
   * `PUBLIC`; its toolkit compares with `public`, the default here. Be right under both.
   */
  readonly buildVisibility?: 'lower' | 'upper';
}

/** The options with every default filled in. */
export type Settings = Omit<Required<TwilioOptions>, 'limits'> & { readonly limits: Limits };

export function resolveOptions(options: TwilioOptions): Settings {
  return {
    apiKeys: {},
    now: Date.now,
    buildMs: 500,
    buildFails: () => false,
    domainName: ({ domainBase }, { domainSuffix }) =>
      `${[domainBase, domainSuffix].filter(Boolean).join('-')}.twil.io`,
    phoneNumbers: ['+815012345678'],
    phone: { append: 'gather' },
    listOrder: 'newest',
    buildVisibility: 'lower',
    ...options,
    limits: {
      buildsPerHour: BUILDS_PER_HOUR,
      concurrentRequests: 100,
      pageSize: MAX_PAGE_SIZE,
      ...options.limits,
    },
  };
}
