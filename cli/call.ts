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
import { type Account, readAccount } from '../src/config';
import { ConfigError, messageOf } from '../src/errors';
import { QUESTIONS_MAX } from '../src/limits';
import { resultOf } from '../src/result';
import { callTable, mediaSource, readPromptTexts } from './call/table';
import type { CommandContext } from './command-context';
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
  readonly append: AppendMode;
  readonly fail?: FailingMedia;
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

const DESCRIPTION = `Calls a deployment, or the sandbox, as Twilio would: asks its voice URL, performs the TwiML, fetches the media, presses keys, and goes to the fallback URL when something fails. No phone rings, and nothing is charged. Prints each step: its verb, what was asked for, status, type, how long it plays, and how long it took.`;

const MORE = `
For the sandbox, give it the file that npm start names:
  npm run call -- --env .sandbox/<number>/env --digits 1,9

--digits has an entry for each question: --digits 1,,42 presses 1, says nothing, presses 42.

--fail makes media fail before they are asked for, with 503: asset those of Assets, audio those of
the proxy, all both. The call then goes on as through the number's fallback URL. That Twilio calls
it for media, too, is not documented; for TwiML it is.

--out writes 16-bit WAV in a telephone's quality: 8 kHz, 300 to 3,400 Hz. What Twilio would say is
a short low tone; silence is as long as the question waits.

Exit code:
  0  the call went to its end, and nothing failed that was not made to fail
  1  something failed
  2  wrong usage or configuration`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run call --')
    .description(DESCRIPTION)
    .option('--digits <keys>', 'keys for each question, separated by commas', readDigits, [])
    .addOption(
      new Option('--append <when>', "to which media Twilio appends the call's 27 parameters")
        .choices(['gather', 'always', 'never'])
        .default('gather'),
    )
    .addOption(
      new Option('--fail <what>', 'media that are made to fail').choices(['asset', 'audio', 'all']),
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

async function run(
  options: Options,
  context: CommandContext,
  send: SendRequest,
): Promise<ExitStatus> {
  const { write, writeError } = context;
  const account = readAccount(loadVariables(options.env, context.environment));
  if (options.out !== undefined) checkWritable(options.out);
  const origin =
    options.url ?? (await findOrigin(account, findTarget(options, account.accountSid)));
  const { events, ending } = await makeCall(origin, account, options, send);
  const texts = options.say ? readPromptTexts((problem) => writeError(`${problem}\n`)) : undefined;
  const isLoop = ending instanceof TooManyEventsError;
  const shown = isLoop ? events.slice(0, SHOWN_OF_LOOP) : events;
  write(`${callTable(shown, { colors: createColors(context.colors), texts })}\n\n`);
  write(isLoop ? `… and ${events.length - shown.length} more steps.\n` : `${sentenceOf(ending)}\n`);
  if (options.out !== undefined) {
    writeFileSync(options.out, await recordingOf(events));
    write(`${options.out} is what the caller heard.\n`);
  }
  if (isLoop) throw ending;
  const failures = failuresIn(events, options);
  writeError(failures.map((failure) => `${failure}\n`).join(''));
  return failures.length > 0 ? 'failed' : 'done';
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

/** More events are a loop: a question makes a request, some prompts and a redirect. */
const MAX_EVENTS = 25 * QUESTIONS_MAX;

/** Events of a loop that are printed. */
const SHOWN_OF_LOOP = 100;

/** The events of a call; of a loop, those up to the limit. */
interface CallLog {
  readonly events: readonly CallEvent[];
  readonly ending: CallSummary | TooManyEventsError;
}

async function makeCall(
  origin: string,
  { accountSid, authToken }: Account,
  options: Options,
  send: SendRequest,
): Promise<CallLog> {
  const events: CallEvent[] = [];
  const calling = call({
    voiceUrl: `${origin}/voice`,
    fallbackUrl: `${origin}/fallback`,
    fallbackOnMediaError: true,
    accountSid,
    authToken,
    from: options.from,
    to: options.to,
    digits: options.digits,
    append: options.append,
    dialCallStatus: options.dialStatus,
    messageSeconds: options.message,
    maxEvents: MAX_EVENTS,
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

/** Which media are made to fail. */
export type FailingMedia = 'asset' | 'audio' | 'all';

const UNAVAILABLE = {
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('failed by --fail'),
};

/** Answers requests for those media with 503, and sends all others. */
export function failMedia(failing: FailingMedia, send: SendRequest): SendRequest {
  return async (request) => (isMadeToFail(request.url, failing) ? UNAVAILABLE : send(request));
}

function isMadeToFail(url: string, failing: FailingMedia | undefined): boolean {
  const source = mediaSource(url);
  return source !== undefined && (failing === 'all' || failing === source);
}

/** What failed that was not made to fail, each once. */
function failuresIn(events: readonly CallEvent[], { fail }: Options): string[] {
  const failures = events.flatMap((event) => {
    if (event.kind === 'verb' || event.errorCode === undefined) return [];
    if (event.kind === 'media' && isMadeToFail(event.url, fail)) return [];
    const isRefused = event.kind === 'webhook' && event.status === 403;
    const advice = isRefused ? ' Check that AUTH_TOKEN is the one of the deployment.' : '';
    return `${event.verb}: ${event.errorMessage ?? `error ${event.errorCode}`}.${advice}`;
  });
  return [...new Set(failures)];
}

/** @param send how the phone's requests are sent */
export function callCommand(send: SendRequest = sendRequest): CommandDefinition<Options> {
  return { readOptions, run: (options, context) => run(options, context, send) };
}

if (require.main === module) startCommand(callCommand());
