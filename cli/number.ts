import { Command, InvalidArgumentError } from 'commander';
import type Twilio from 'twilio/lib/rest/Twilio';
import { type Account, isLoopback, readAccount } from '../src/config';
import { ConfigError, PlayError } from '../src/errors';
import { MAX_PAGE_SIZE, WEBHOOK_CONNECT_MS, WEBHOOK_READ_MS } from '../src/limits';
import { askTwilio } from '../src/twilio/errors';
import { parseUrl } from '../src/url';
import { withOverrides, withoutFragment } from '../src/webhook-url';
import type { CommandContext } from './command-context';
import { plainTable } from './format';
import { connect } from './library';
import { quoted } from './npm-options';
import { addDeploymentOptions, type DeploymentOptions, readPhoneNumber } from './options';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { findOrigin, findTarget } from './target';
import { ENV_FILE, loadVariables } from './variables';

interface Options extends DeploymentOptions {
  /** E.164; undefined lists the numbers. */
  readonly phone?: string;
  readonly yes?: true;
  /** Whether the URLs of a deployment get connection overrides. */
  readonly overrides: boolean;
  /** Where calls go instead of to a deployment. */
  readonly voice?: Webhook;
  readonly fallback?: Webhook;
  readonly application?: string;
  readonly trunk?: string;
}

/** A URL of a number, and how Twilio asks for it. */
interface Webhook {
  readonly method: string;
  /** Empty for none. */
  readonly url: string;
}

const EXAMPLE_NUMBER = '+815012345678';

const DESCRIPTION = `Lets a deployment answer a phone number: sets the number's voice URL, its fallback URL and their methods, and shows them before and after. Asks first where calls to the number go somewhere else now. Without --phone it lists the account's numbers, and where calls to each go.`;

const MORE = `
Behind both URLs stand connection overrides (#ct=…): Twilio asks the fallback URL after ${WEBHOOK_READ_MS / 1000} s where a Function hangs, and after ${(2 * WEBHOOK_CONNECT_MS) / 1000} s where the deployment cannot be reached.

The last four options give a number back to what answered it before. After a change, the line to type is printed.

Exit code:
  0  calls to the number go where they should, or the numbers are listed
  1  failed, or not agreed to; nothing was changed unless the message says so
  2  wrong usage or configuration
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run number --')
    .description(DESCRIPTION)
    .option('--phone <number>', 'a number of the account, such as +815012345678', readPhoneNumber)
    .option('--yes', 'do not ask')
    .option('--no-overrides', "leave Twilio's own time limits: 15 s for a Function that hangs");
  addDeploymentOptions(command)
    .option('--voice <url>', "another voice URL, such as 'GET https://example.com'", readWebhook)
    .option('--fallback <url>', 'another fallback URL', readWebhook)
    .option('--application <sid>', 'an application that takes the calls (AP…)', readSid('AP'))
    .option('--trunk <sid>', 'a trunk that takes the calls (TK…)', readSid('TK'))
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

function readWebhook(text: string): Webhook {
  const [, method = 'POST', url = ''] = /^(?:(GET|POST) )?(https?:.*)?$/.exec(text) ?? [];
  if (text === '' || parseUrl(url)) return { method, url };
  throw new InvalidArgumentError("Give it as https://example.com/voice or 'GET https://…'.");
}

const readSid = (type: string) => (text: string) => {
  if (new RegExp(`^${type}[0-9a-f]{32}$`).test(text)) return text;
  throw new InvalidArgumentError(`It has ${type} and 32 hexadecimal digits.`);
};

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const account = readAccount(loadVariables(options.env, context.environment));
  const { phone } = options;
  return phone === undefined
    ? showNumbers(account, context)
    : changeNumber(phone, options, account, context);
}

async function showNumbers(account: Account, { write }: CommandContext): Promise<ExitStatus> {
  const listed = await listNumbers(connect(account));
  if (listed.length === 0) {
    write(`The account ${account.accountSid} has no number.\n`);
    return 'done';
  }
  const table = plainTable(['number', 'calls go to']);
  table.push(...listed.map(({ phone, routing }) => [phone, destinationOf(routing)]));
  write(`${table}\n\nLet a deployment answer one: npm run number -- --phone ${EXAMPLE_NUMBER}\n`);
  return 'done';
}

/** The first of what Twilio looks at. */
function destinationOf({ trunkSid, voiceApplicationSid, voiceUrl }: Routing): string {
  return trunkSid || voiceApplicationSid || voiceUrl || '—';
}

async function changeNumber(
  phone: string,
  options: Options,
  account: Account,
  context: CommandContext,
): Promise<ExitStatus> {
  const { write } = context;
  const after = otherRouting(options) ?? (await deploymentRouting(options, account));
  const client = connect(account);
  const number = await findNumber(client, phone);
  write(comparison(phone, number.routing, after));
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
  write(`Changed. To undo that:\n  ${undoCommand(phone, options.env, number.routing)}\n`);
  return 'done';
}

/** Where the options send calls; undefined where they do not say it. */
function otherRouting({
  voice,
  fallback,
  application: voiceApplicationSid = '',
  trunk: trunkSid = '',
}: Options): Routing | undefined {
  if (!voice && !fallback && voiceApplicationSid === '' && trunkSid === '') return undefined;
  return {
    voiceUrl: voice?.url ?? '',
    voiceMethod: voice?.method ?? 'POST',
    voiceFallbackUrl: fallback?.url ?? '',
    voiceFallbackMethod: fallback?.method ?? 'POST',
    voiceApplicationSid,
    trunkSid,
  };
}

async function deploymentRouting(options: Options, account: Account): Promise<Routing> {
  const origin =
    options.url ?? (await findOrigin(account, findTarget(options, account.accountSid)));
  refuseUnreachable(origin, account);
  return routingTo(origin, options.overrides);
}

/** The command that sends calls to where they went before. */
export function undoCommand(phone: string, env: string, before: Routing): string {
  const webhook = (method: string, url: string) =>
    method === 'POST' || url === '' ? url : `${method} ${url}`;
  const { voiceMethod, voiceUrl, voiceFallbackMethod, voiceFallbackUrl } = before;
  const values = {
    '--phone': phone,
    '--env': env === ENV_FILE ? '' : env,
    '--voice': webhook(voiceMethod, voiceUrl),
    '--fallback': webhook(voiceFallbackMethod, voiceFallbackUrl),
    '--application': before.voiceApplicationSid,
    '--trunk': before.trunkSid,
  };
  // A number that went nowhere needs one of the four, too.
  const words = Object.entries(values).flatMap(([option, value]) =>
    value === '' && option !== '--voice' ? [] : [option, quoted(value)],
  );
  return ['npm run number --', ...words].join(' ');
}

/** Twilio's own servers cannot call this machine by its loopback name. */
function refuseUnreachable(origin: string, { apiOrigin }: Account): void {
  if (apiOrigin !== undefined || !isLoopback(new URL(origin).host)) return;
  throw new ConfigError(`Twilio cannot reach ${origin}: deploy the project, or give its --url.`);
}

/** Asks whether a number that points elsewhere may be changed. Without a yes nothing is. */
async function isAgreed({ confirm, writeError }: CommandContext): Promise<boolean> {
  const unchanged = 'The number was not changed: calls to it go somewhere else now.';
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

/**
 * Both routings: a line for what stays, two for what changes. An application or a trunk is shown only
 * where there is one.
 */
function comparison(phone: string, before: Routing, after: Routing): string {
  const lines = ROUTING_FIELDS.flatMap(([field, label]) => {
    const [was, is] = [before[field], after[field]];
    if (was === '' && is === '') return [];
    const shown = `  ${label.padEnd(14)}${was || '—'}`;
    return was === is ? [shown] : [shown, `${' '.repeat(13)}→  ${is || '—'}`];
  });
  return `${phone}\n${lines.join('\n')}\n`;
}

/**
 * The routing of a number whose calls this project answers.
 *
 * @param overrides whether its URLs carry connection overrides
 */
export function routingTo(origin: string, overrides = true): Routing {
  const urlOf = (path: string) => (overrides ? withOverrides(origin + path) : origin + path);
  return {
    voiceUrl: urlOf('/voice'),
    voiceMethod: 'POST',
    voiceFallbackUrl: urlOf('/fallback'),
    voiceFallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
  };
}

/** Names of the fields that differ. */
export function differences(before: Routing, after: Routing): string[] {
  return ROUTING_FIELDS.map(([field]) => field).filter((field) => before[field] !== after[field]);
}

/** Whether calls to the number go somewhere, and not where they are to go. Overrides do not matter. */
function pointsElsewhere(before: Routing, after: Routing): boolean {
  const fields = ['voiceUrl', 'voiceFallbackUrl', 'voiceApplicationSid', 'trunkSid'] as const;
  return fields.some((field) => {
    const [was, is] = [before[field], after[field]].map(withoutFragment);
    return was !== '' && was !== is;
  });
}

/** A phone number of the account. */
export interface AccountNumber {
  /** PN… */
  readonly sid: string;
  /** E.164. */
  readonly phone: string;
  readonly routing: Routing;
}

/**
 * The numbers of the account.
 *
 * @throws {TwilioApiError} when Twilio's API refuses
 */
export async function listNumbers(client: Twilio): Promise<AccountNumber[]> {
  const listed = await askTwilio('Listing the numbers of the account', () =>
    client.incomingPhoneNumbers.list({ pageSize: MAX_PAGE_SIZE }),
  );
  return listed.map((number) => ({
    sid: number.sid,
    phone: number.phoneNumber,
    routing: routingOf(number),
  }));
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
  if (number) return { sid: number.sid, phone, routing: routingOf(number) };
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
      ...(before.voiceApplicationSid !== voiceApplicationSid && { voiceApplicationSid }),
      ...(before.trunkSid !== trunkSid && { trunkSid }),
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

export const main = () => startCommand(number);
