import { randomBytes } from 'node:crypto';
import { defaultLimits, type Limits } from './limits';
import type { BuildContents } from './state/records';

/** Twilio does not document the order of its lists: code that is right under all three is right. */
export type ListOrder = 'newest' | 'oldest' | 'shuffled';

/** One answered request: the path is the requested one, without its query. */
export interface RequestInfo {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface TwilioOptions {
  /** The one account: user name and password of basic authentication. */
  readonly accountSid: string;
  readonly authToken: string;
  /** Origin of the URLs in answers, such as `https://serverless.twilio.com`. Default: the request's. */
  readonly publicUrl?: string;
  /** The time, in milliseconds since the epoch. */
  readonly now?: () => number;
  /** Random bytes, for SIDs and domain names. */
  readonly random?: (size: number) => Buffer;
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
    service: { readonly sid: string; readonly uniqueName: string; readonly domainBase: string },
    environment: {
      readonly sid: string;
      readonly uniqueName: string;
      readonly domainSuffix: string | null;
    },
  ) => string;
  /** The account's phone numbers, in E.164. Default: one. */
  readonly phoneNumbers?: readonly string[];
  /** Order of every list. Default `newest` first; `shuffled` is by SID, so as random as they are. */
  readonly listOrder?: ListOrder;
  /**
   * How a Build spells its versions' visibility. The examples in Twilio's OpenAPI description have
   * `PUBLIC`; its toolkit compares with `public`, the default here. Be right under both.
   */
  readonly buildVisibility?: 'lower' | 'upper';
  /** Called once a request, just before its answer is sent. */
  readonly onRequest?: (info: RequestInfo) => void;
}

/** The options with every default filled in. */
export type Settings = Omit<Required<TwilioOptions>, 'limits' | 'publicUrl'> & {
  readonly limits: Limits;
  readonly publicUrl: string | undefined;
};

/** Fills in the defaults. */
export function resolveOptions(options: TwilioOptions): Settings {
  return {
    publicUrl: undefined,
    now: Date.now,
    random: randomBytes,
    buildMs: 500,
    buildFails: () => false,
    domainName: ({ domainBase }, { domainSuffix }) =>
      `${[domainBase, domainSuffix].filter(Boolean).join('-')}.twil.io`,
    phoneNumbers: ['+815012345678'],
    listOrder: 'newest',
    buildVisibility: 'lower',
    onRequest: () => {},
    ...options,
    limits: { ...defaultLimits, ...options.limits },
  };
}
