import { closeSync, openSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createColors } from 'picocolors';
import {
  type AppendMode,
  type CallEvent,
  type CallSummary,
  call,
  type DialCallStatus,
  type SendRequest,
  sendRequest,
  TooManyEventsError,
} from '../phone';
import { recordingOf } from '../phone/recording';
import { type Account, readAccount, readVisibility, type Variables } from '../src/config';
import { ConfigError, messageOf } from '../src/errors';
import { FLOW_EVENTS } from '../src/limits';
import { resultOf } from '../src/result';
import { withOverrides } from '../src/webhook-url';
import { requireAuthToken } from './account';
import { failuresIn, isRefusedByProxy } from './call/failures';
import { type KnownPrompts, knownPrompts } from './call/prompts';
import { readLiveManifest, saidInPlace, whySaid } from './call/said';
import { callTable, mediaSource, nameOf, type OnFailure } from './call/table';
import { readCallFlow } from './call-flow';
import type { CommandContext } from './command-context';
import { formatCount, oneLine } from './format';
import { addDeploymentOptions, type DeploymentOptions, readSeconds } from './options';
import {
  type CommandDefinition,
  type ExitStatus,
  parseArguments,
  startCommand,
} from './run-command';
import { findOrigin, findTarget } from './target';
import { loadVariables } from './variables';

interface Options extends DeploymentOptions {
  /** Keys for each question in turn; an empty one is silence. */
  readonly digits: readonly string[];
  /** Where the call begins, such as /voice. */
  readonly path: string;
  readonly append: AppendMode;
  readonly fail?: FailingMedia;
  readonly onFailure: OnFailure;
  /** Print the texts of prompts, too. */
  readonly say?: true;
  /** File for what the caller hears. */
  readonly out?: string;
  readonly from: string;
  readonly to: string;
  readonly dialStatus: DialCallStatus;
  /** Seconds. */
  readonly message: number;
}

const DESCRIPTION = `Calls a deployment, or the sandbox, as Twilio would: asks its voice URL, performs the TwiML, fetches the media and presses keys. No phone rings, and nothing is charged. Prints each step: its verb, what was asked for, status, type, seconds that it plays, and milliseconds that it took.`;

const MORE = `
For the sandbox, give it the file that npm start names:
  npm run call -- --env .sandbox/current/env --digits 1,9

--digits has an entry for each question: --digits 1,,42 presses 1, says nothing, presses 42.

A medium that fails is silence, and the call goes on with the next verb. --on-failure fallback goes to the number's fallback URL instead, as after TwiML that fails. Which of the two Twilio does for media is not documented.

--fail makes media fail before they are asked for, with 503: asset those of Assets, audio those of the proxy, all both.

--out writes 16-bit WAV in a telephone's quality: 8 kHz, 300 to 3,400 Hz. What Twilio would say is a short low tone; silence is as long as the question waits. MP3, WAV, AIFF and raw µ-law are decoded.

Exit code:
  0  the call went to its end; nothing failed that was not made to fail, and every recording of the call flow in this folder was played
  1  something failed, or a text was said in place of its recording
  2  wrong usage or configuration
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run call --')
    .description(DESCRIPTION)
    .option('--digits <keys>', 'keys for each question, separated by commas', readDigits, [])
    .option('--path <path>', 'path of the Function that answers the call', readPath, '/voice')
    .addOption(
      new Option('--append <when>', "to which media Twilio appends the call's 27 parameters")
        .choices(['gather', 'always', 'never'])
        .default('gather'),
    )
    .addOption(
      new Option('--fail <what>', 'media that are made to fail').choices(['asset', 'audio', 'all']),
    )
    .addOption(
      new Option('--on-failure <what>', 'what follows a medium that fails')
        .choices(['skip', 'fallback'])
        .default('skip'),
    )
    .option('--say', 'print the words, too, of what is played as of what is said')
    .option('--out <file>', 'write what the caller hears, as WAV')
    .option('--from <caller>', 'the caller: a number, a SIP address or a word', '+819012345678')
    .option('--to <number>', 'the number that is called', '+815012345678')
    .addOption(
      new Option('--dial-status <status>', 'how a <Dial> ends')
        .choices(['completed', 'busy', 'no-answer', 'failed', 'canceled'])
        .default('no-answer'),
    )
    .option('--message <seconds>', 'how long the caller speaks into a <Record>', readSeconds, 0)
    .addHelpText('after', MORE);
  return parseArguments<Options>(addDeploymentOptions(command), args, context);
}

function readDigits(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.every((entry) => /^[0-9*#]*$/.test(entry))) return entries;
  throw new InvalidArgumentError('Keys are 0 to 9, * and #, such as 1,2 or 1,,42.');
}

function readPath(text: string): string {
  if (/^\/[^\s?#]*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a path, such as /voice.');
}

/** Where a call goes, and whose it is. */
interface Deployment {
  readonly origin: string;
  readonly account: Account;
  readonly authToken: string;
  readonly variables: Variables;
}

async function run(
  options: Options,
  context: CommandContext,
  send: SendRequest,
): Promise<ExitStatus> {
  const { write, writeError } = context;
  const variables = loadVariables(options.env, context.environment);
  const account = readAccount(variables);
  const authToken = requireAuthToken(account, 'a call signs its requests with it, as Twilio does');
  if (options.out !== undefined) checkWritable(options.out);
  const origin =
    options.url ?? (await findOrigin(account, findTarget(options, account.accountSid)));
  const deployment = { origin, account, authToken, variables };
  const { events, ending } = await makeCall(deployment, options, send);
  const prompts = readPrompts(options, context);
  const isLoop = ending instanceof TooManyEventsError;
  const shown = isLoop ? events.slice(0, SHOWN_OF_LOOP) : events;
  const { say: withTexts, onFailure } = options;
  const colors = createColors(context.colors);
  const { width } = context;
  write(`${callTable(shown, { colors, width, prompts, onFailure, withTexts })}\n\n`);
  write(
    isLoop
      ? `… and ${events.length - shown.length} more steps.\n`
      : `${sentenceOf(ending)}${silencesIn(events, options)}\n`,
  );
  if (options.out !== undefined) {
    const { wav, notDecoded } = await recordingOf(events);
    writeFileSync(options.out, wav);
    write(`${options.out} is what the caller heard.\n`);
    const names = new Set(notDecoded.map(({ url }) => nameOf(url, prompts)));
    for (const name of names)
      write(`  but silence in place of ${name}: this command cannot decode it\n`);
  }
  if (isLoop) throw ending;
  const notMadeToFail = events.filter(
    (event) => event.kind !== 'media' || !isAmong(event.url, options.fail),
  );
  const failures = [
    ...failuresIn(notMadeToFail, prompts),
    ...(await saidFailures(saidInPlace(events, prompts), deployment, options, context)),
  ];
  writeError(failures.map((failure) => `${failure}\n`).join(''));
  if (notMadeToFail.some(isRefusedByProxy)) {
    writeError('Why /audio refused them is in the log of the Functions: npx twilio-run logs\n');
  }
  return failures.length > 0 ? 'failed' : 'done';
}

/** The prompts of the call flow in this folder. */
function readPrompts({ say }: Options, { writeError }: CommandContext): KnownPrompts {
  try {
    return knownPrompts(readCallFlow());
  } catch (thrown) {
    if (say) writeError(`${messageOf(thrown)}\n`);
    return knownPrompts(undefined);
  }
}

/** What is said in place of a recording, and why. */
async function saidFailures(
  keys: readonly string[],
  { origin, account, variables }: Deployment,
  options: Options,
  { clock }: CommandContext,
): Promise<string[]> {
  if (keys.length === 0) return [];
  const manifest =
    options.url === undefined
      ? await readLiveManifest(account, findTarget(options, account.accountSid))
      : undefined;
  const known = { origin, variables, manifest, now: clock.now() };
  return keys.map((key) => `${oneLine(key)}: its text was said: ${whySaid(key, known)}.`);
}

/**
 * Checks the file before the call, which takes minutes. Creates it if it does not exist.
 *
 * @throws {ConfigError} when it cannot be written
 */
function checkWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    throw new ConfigError(
      `Writing what is heard to ${file}: ${messageOf(cause)}. Give --out another file.`,
      { cause },
    );
  }
}

/** Events of a loop that are printed. */
const SHOWN_OF_LOOP = 100;

/** The events of a call; of a loop, those up to the limit. */
interface CallLog {
  readonly events: readonly CallEvent[];
  readonly ending: CallSummary | TooManyEventsError;
}

async function makeCall(
  { origin, account: { accountSid }, authToken, variables }: Deployment,
  options: Options,
  send: SendRequest,
): Promise<CallLog> {
  const events: CallEvent[] = [];
  const calling = call({
    voiceUrl: withOverrides(origin + options.path),
    fallbackUrl: withOverrides(`${origin}/fallback`),
    fallbackOnMediaError: options.onFailure === 'fallback',
    // Protected Assets are served to signed requests only.
    signMedia: readVisibility(variables) === 'protected',
    accountSid,
    authToken,
    from: options.from,
    to: options.to,
    digits: options.digits,
    append: options.append,
    dialCallStatus: options.dialStatus,
    messageSeconds: options.message,
    maxEvents: FLOW_EVENTS,
    send: options.fail === undefined ? send : failMedia(options.fail, send),
  });
  try {
    return { events, ending: await resultOf(calling, (event) => events.push(event)) };
  } catch (thrown) {
    if (thrown instanceof TooManyEventsError) return { events, ending: thrown };
    throw thrown;
  }
}

function sentenceOf({ ended, errorCode }: CallSummary): string {
  const why = errorCode === undefined ? '' : `, error ${errorCode}`;
  return `The call ended: ${ended}${why}.`;
}

function silencesIn(events: readonly CallEvent[], { onFailure }: Options): string {
  if (onFailure === 'fallback') return '';
  const silences = events.filter(
    (event) => event.kind === 'media' && event.errorCode !== undefined,
  ).length;
  if (silences === 0) return '';
  return ` The caller heard silence in place of ${formatCount(silences, 'prompt')}.`;
}

/** Which media are made to fail. */
export type FailingMedia = 'asset' | 'audio' | 'all';

const UNAVAILABLE = {
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('failed by --fail'),
};

/** Answers requests for those media with 503, and sends all others. */
export function failMedia(failing: FailingMedia, send: SendRequest): SendRequest {
  return async (request) => (isAmong(request.url, failing) ? UNAVAILABLE : send(request));
}

function isAmong(url: string, failing: FailingMedia | undefined): boolean {
  const source = mediaSource(url);
  return source !== undefined && (failing === 'all' || failing === source);
}

/** @param send how the phone's requests are sent */
export function callCommand(send: SendRequest = sendRequest): CommandDefinition<Options> {
  return { readOptions, run: (options, context) => run(options, context, send) };
}

export const main = () => startCommand(callCommand());
