import type Twilio from 'twilio/lib/rest/Twilio';
import { ConfigError } from '../../src/errors';
import { askTwilio } from '../../src/twilio/errors';

/** Where the calls to a number go; what is not set is empty. */
export interface Routing {
  readonly voiceUrl: string;
  readonly voiceMethod: string;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: string;
  /** AP… and TK…: an application, or a trunk, takes the calls, and the URLs are ignored. */
  readonly voiceApplicationSid: string;
  readonly trunkSid: string;
}

/** A number of the account. */
export interface Found {
  /** PN… */
  readonly sid: string;
  readonly routing: Routing;
}

/** The library says null where nothing is set, though its types do not. */
function routingOf(number: { readonly [Name in keyof Routing]: string | null }): Routing {
  return {
    voiceUrl: number.voiceUrl ?? '',
    voiceMethod: number.voiceMethod ?? '',
    voiceFallbackUrl: number.voiceFallbackUrl ?? '',
    voiceFallbackMethod: number.voiceFallbackMethod ?? '',
    voiceApplicationSid: number.voiceApplicationSid ?? '',
    trunkSid: number.trunkSid ?? '',
  };
}

/** The routing of a number whose calls this project answers. */
export function routingTo(origin: string): Routing {
  return {
    voiceUrl: `${origin}/voice`,
    voiceMethod: 'POST',
    voiceFallbackUrl: `${origin}/fallback`,
    voiceFallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
  };
}

/** Names of what differs. */
export function differences(before: Routing, after: Routing): string[] {
  return Object.entries(after).flatMap(([name, value]) =>
    value === Reflect.get(before, name) ? [] : [name],
  );
}

/** What an update sends: the URLs, and the SID of what takes their place, if anything does. */
function changesTo(after: Routing, before: Routing): Partial<Routing> {
  const { voiceApplicationSid, trunkSid, ...urls } = after;
  return {
    ...urls,
    ...(before.voiceApplicationSid !== '' && { voiceApplicationSid }),
    ...(before.trunkSid !== '' && { trunkSid }),
  };
}

/** Whether calls to the number already go somewhere that is not there. */
export function pointsElsewhere(before: Routing, after: Routing): boolean {
  const names = ['voiceUrl', 'voiceFallbackUrl', 'voiceApplicationSid', 'trunkSid'] as const;
  return names.some((name) => before[name] !== '' && before[name] !== after[name]);
}

/**
 * Finds a number of the account.
 *
 * @param phone E.164
 * @throws {ConfigError} when the account does not have it
 * @throws {TwilioError} when Twilio's API refuses
 */
export async function findNumber(client: Twilio, phone: string): Promise<Found> {
  const listed = await askTwilio(`Looking for ${phone} among the numbers of the account`, () =>
    client.incomingPhoneNumbers.list({ phoneNumber: phone }),
  );
  // The API finds parts of numbers, too.
  const number = listed.find(({ phoneNumber }) => phoneNumber === phone);
  if (number) return { sid: number.sid, routing: routingOf(number) };
  throw new ConfigError(`The account has no number ${phone}. Is it one of a subaccount?`);
}

/**
 * Changes where the calls to a number go.
 *
 * @returns the routing as Twilio now has it
 * @throws {TwilioError} when Twilio's API refuses
 */
export async function route(
  client: Twilio,
  { sid, routing }: Found,
  after: Routing,
): Promise<Routing> {
  const changed = await askTwilio(`Changing the number ${sid}`, () =>
    client.incomingPhoneNumbers(sid).update(changesTo(after, routing)),
  );
  return routingOf(changed);
}
