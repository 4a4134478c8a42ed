import { Command } from 'commander';
import type Twilio from 'twilio/lib/rest/Twilio';
import { type Account, isLoopback, readAccount } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import { askTwilio } from '../src/twilio/errors';
import { connect } from './account';
import type { CommandContext } from './command-context';
import { addDeploymentOptions, type DeploymentOptions, readPhoneNumber } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { findOrigin, findTarget } from './target';
import { loadVariables } from './variables';

interface Options extends DeploymentOptions {
  /** E.164. */
  readonly phone: string;
  readonly yes?: true;
}

const DESCRIPTION = `Lets a deployment answer a phone number: sets the number's voice URL, its fallback URL and their methods, and shows them before and after. Asks first where calls to the number go somewhere else now.`;

const MORE = `
Exit code:
  0  calls to the number go to the deployment
  1  failed, or not agreed to; nothing was changed unless the message says so
  2  wrong usage or configuration`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run number --')
    .description(DESCRIPTION)
    .requiredOption(
      '--phone <number>',
      'a number of the account, such as +815012345678',
      readPhoneNumber,
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', MORE);
  return parseArguments<Options>(addDeploymentOptions(command), args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, environment } = context;
  const account = readAccount(loadVariables(options.env, environment));
  const origin =
    options.url ?? (await findOrigin(account, findTarget(options, account.accountSid)));
  refuseUnreachable(origin, account);
  const client = connect(account);
  const number = await findNumber(client, options.phone);
  const after = routingTo(origin);
  write(comparison(options.phone, number.routing, after));
  if (differences(number.routing, after).length === 0) {
    write('Nothing to do: calls to the number go there already.\n');
    return 'done';
  }
  if (pointsElsewhere(number.routing, after) && !options.yes && !(await isAgreed(context))) {
    return 'failed';
  }
  const missed = differences(await setRouting(client, number, after), after);
  if (missed.length > 0) {
    throw new PlayError(
      `Twilio took the change, but not all of it: ${missed.join(', ')} differ. Look at the number in Twilio's console.`,
    );
  }
  write('Changed.\n');
  return 'done';
}

/** Twilio's own servers cannot call this machine by its loopback name. */
function refuseUnreachable(origin: string, { apiOrigin }: Account): void {
  if (apiOrigin !== undefined || !isLoopback(new URL(origin).host)) return;
  throw new ConfigError(`Twilio cannot reach ${origin}: deploy the project, or give its --url.`);
}

/** Asks whether a number that points elsewhere may be changed. Without a yes nothing is. */
async function isAgreed({ confirm, writeError }: CommandContext): Promise<boolean> {
  const unchanged = 'Nothing was changed: calls to the number go somewhere else now.';
  if (confirm === undefined) {
    writeError(`${unchanged} Give --yes to change that.\n`);
    return false;
  }
  const agreed = await confirm('Calls to the number go somewhere else now. Change that?');
  if (!agreed) writeError(`${unchanged}\n`);
  return agreed;
}

/** Where the calls to a number go. Unset fields are empty. */
export interface Routing {
  readonly voiceUrl: string;
  readonly voiceMethod: string;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: string;
  /** AP… and TK…: an application, or a trunk, takes the calls, and the URLs are ignored. */
  readonly voiceApplicationSid: string;
  readonly trunkSid: string;
}

/** All fields of a Routing, in the order shown, with their labels. They are shown and compared. */
const ROUTING_FIELDS = [
  ['voiceUrl', 'Voice URL'],
  ['voiceMethod', 'its method'],
  ['voiceFallbackUrl', 'Fallback URL'],
  ['voiceFallbackMethod', 'its method'],
  ['voiceApplicationSid', 'Application'],
  ['trunkSid', 'Trunk'],
] as const;

/** Both routings, line by line. An application or a trunk is shown only where there is one. */
function comparison(phone: string, before: Routing, after: Routing): string {
  const lines = ROUTING_FIELDS.flatMap(([field, label]) => {
    const [was, is] = [before[field], after[field]];
    if (was === '' && is === '') return [];
    return [`  ${label.padEnd(14)}${was === is ? was : `${was || '—'}  →  ${is || '—'}`}`];
  });
  return `${phone}\n${lines.join('\n')}\n`;
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

/** Names of the fields that differ. */
export function differences(before: Routing, after: Routing): string[] {
  return ROUTING_FIELDS.map(([field]) => field).filter((field) => before[field] !== after[field]);
}

/** Whether calls to the number go somewhere, and not where they are to go. */
function pointsElsewhere(before: Routing, after: Routing): boolean {
  const fields = ['voiceUrl', 'voiceFallbackUrl', 'voiceApplicationSid', 'trunkSid'] as const;
  return fields.some((field) => before[field] !== '' && before[field] !== after[field]);
}

/** A phone number of the account. */
interface AccountNumber {
  /** PN… */
  readonly sid: string;
  readonly routing: Routing;
}

/**
 * Finds a number of the account.
 *
 * @param phone E.164
 * @throws {ConfigError} when the account does not have it
 * @throws {TwilioApiError} when Twilio's API refuses
 */
export async function findNumber(client: Twilio, phone: string): Promise<AccountNumber> {
  const listed = await askTwilio(`Looking for ${phone} among the numbers of the account`, () =>
    client.incomingPhoneNumbers.list({ phoneNumber: phone }),
  );
  // The API finds parts of numbers, too.
  const number = listed.find(({ phoneNumber }) => phoneNumber === phone);
  if (number) return { sid: number.sid, routing: routingOf(number) };
  throw new ConfigError(`The account has no number ${phone}. Does it belong to a subaccount?`);
}

/**
 * Changes where the calls to a number go.
 *
 * @returns the routing as Twilio now has it
 * @throws {TwilioApiError} when Twilio's API refuses
 */
export async function setRouting(
  client: Twilio,
  { sid, routing: before }: AccountNumber,
  after: Routing,
): Promise<Routing> {
  const { voiceApplicationSid, trunkSid, ...urls } = after;
  const changed = await askTwilio(`Changing the number ${sid}`, () =>
    client.incomingPhoneNumbers(sid).update({
      ...urls,
      ...(before.voiceApplicationSid !== '' && { voiceApplicationSid }),
      ...(before.trunkSid !== '' && { trunkSid }),
    }),
  );
  return routingOf(changed);
}

/** The library returns null for unset fields, though its types do not say so. */
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

export const number = { readOptions, run };

if (require.main === module) startCommand(number);
