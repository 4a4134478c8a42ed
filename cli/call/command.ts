import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createColors } from 'picocolors';
import {
  type CallSummary,
  call,
  type SendRequest,
  type Step,
  TooManyStepsError,
} from '../../phone';
import { recordingOf } from '../../phone/recording';
import { ConfigError, messageOf } from '../../src/errors';
import { resultOf } from '../../src/result';
import { type Account, connect, findOrigin, readAccount } from '../account';
import { failureOf } from '../command-failure';
import type { CommandOutput } from '../command-line';
import { loadEnvironment } from '../environment';
import { findTarget } from '../target';
import { breaking, isBroken } from './broken';
import { type CallCommandOptions, readOptions } from './options';
import { callTable } from './table';
import { wordsOfFlow } from './words';

export interface Surroundings extends CommandOutput {
  readonly colors: boolean;
  readonly send: SendRequest;
}

/** The help has the list. */
export type ExitCode = 0 | 1 | 2;

/** Runs the command with the arguments that follow its name. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  try {
    return await makeCall(readOptions(args, surroundings), surroundings);
  } catch (thrown) {
    const { exitCode, message } = failureOf(thrown);
    surroundings.writeError(message);
    return exitCode;
  }
}

/**
 * A flow may ask 200 questions, with a request, some prompts and a redirect for each: more steps
 * than these are a loop.
 */
const MAX_STEPS = 5000;

async function makeCall(
  options: CallCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { write, writeError } = surroundings;
  const account = readAccount(loadEnvironment(options.env));
  if (options.out !== undefined) checkWritable(options.out);
  const origin = options.url ?? (await originOf(account, options));
  const { steps, ending } = await walk(origin, account, options, surroundings);
  const words = options.say ? wordsOfFlow((problem) => writeError(`${problem}\n`)) : undefined;
  const colors = createColors(surroundings.colors);
  write(`${callTable(steps, { colors, words })}\n\n`);
  if (!(ending instanceof TooManyStepsError)) write(`${sentenceOf(ending)}\n`);
  if (options.out !== undefined) {
    writeFileSync(options.out, await recordingOf(steps));
    write(`${options.out} is what the caller heard.\n`);
  }
  if (ending instanceof TooManyStepsError) throw ending;
  const failures = failuresIn(steps, options);
  writeError(failures.map((failure) => `${failure}\n`).join(''));
  return failures.length > 0 ? 1 : 0;
}

/**
 * Finds out before the call, which takes its time. The file is made if it is not there.
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

function originOf(account: Account, options: CallCommandOptions): Promise<string> {
  return findOrigin(connect(account), findTarget(options, account.accountSid));
}

/** What is known when a call is over. One that was cut has been heard up to there. */
interface Walk {
  readonly steps: readonly Step[];
  readonly ending: CallSummary | TooManyStepsError;
}

async function walk(
  origin: string,
  { accountSid, authToken }: Account,
  options: CallCommandOptions,
  { send }: Surroundings,
): Promise<Walk> {
  const steps: Step[] = [];
  const walking = call({
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
    maxSteps: MAX_STEPS,
    send: options.fail === undefined ? send : breaking(options.fail, send),
  });
  try {
    return { steps, ending: await resultOf(walking, (step) => steps.push(step)) };
  } catch (thrown) {
    if (thrown instanceof TooManyStepsError) return { steps, ending: thrown };
    throw thrown;
  }
}

function sentenceOf({ ended, errorCode }: CallSummary): string {
  const why = errorCode === undefined ? '' : `, error ${errorCode}`;
  return `The call ended: ${ended}${why}.`;
}

/** What went wrong that was not made to go wrong, each once. */
function failuresIn(steps: readonly Step[], { fail }: CallCommandOptions): string[] {
  const failures = steps.flatMap((step) => {
    if (step.kind === 'verb' || step.errorCode === undefined) return [];
    if (step.kind === 'media' && isBroken(step.url, fail)) return [];
    const isRefused = step.kind === 'webhook' && step.status === 403;
    const advice = isRefused ? ' Check that AUTH_TOKEN is the one of the deployment.' : '';
    return `${step.verb}: ${step.errorMessage ?? `error ${step.errorCode}`}.${advice}`;
  });
  return [...new Set(failures)];
}
