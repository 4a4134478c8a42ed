import { writeFileSync } from 'node:fs';
import { createColors } from 'picocolors';
import { failureOf } from '../../src/command-failure';
import { type CallSummary, call, type SendRequest, type Step } from '../../src/phone';
import { recordingOf } from '../../src/phone/recording';
import { resultOf } from '../../src/result';
import { type Account, connect, findOrigin, readAccount } from '../account';
import type { Output } from '../deployment-options';
import { loadEnvironment } from '../environment';
import { findTarget } from '../target';
import { breaking, isBroken } from './broken';
import { type CallCommandOptions, readOptions } from './options';
import { callTable } from './table';
import { wordsOfFlow } from './words';

export interface Surroundings extends Output {
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

async function makeCall(
  options: CallCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { write, writeError } = surroundings;
  const account = readAccount(loadEnvironment(options.env));
  const origin = options.url ?? (await originOf(account, options));
  const { steps, summary } = await walk(origin, account, options, surroundings);
  const words = options.say ? wordsOfFlow((problem) => writeError(`${problem}\n`)) : undefined;
  const colors = createColors(surroundings.colors);
  write(`${callTable(steps, { colors, words })}\n\n${ending(summary)}\n`);
  if (options.out !== undefined) {
    writeFileSync(options.out, await recordingOf(steps));
    write(`${options.out} is what the caller heard.\n`);
  }
  return hasFailed(steps, summary, options) ? 1 : 0;
}

function originOf(account: Account, options: CallCommandOptions): Promise<string> {
  return findOrigin(connect(account), findTarget(options, account.accountSid));
}

async function walk(
  origin: string,
  { accountSid, authToken }: Account,
  options: CallCommandOptions,
  { send }: Surroundings,
): Promise<{ steps: readonly Step[]; summary: CallSummary }> {
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
    send: options.fail === undefined ? send : breaking(options.fail, send),
  });
  const summary = await resultOf(walking, (step) => steps.push(step));
  return { steps, summary };
}

function ending({ ended, errorCode }: CallSummary): string {
  const why = errorCode === undefined ? '' : `, error ${errorCode}`;
  return `The call ended: ${ended}${why}.`;
}

/** Whether something went wrong that was not made to go wrong. */
function hasFailed(
  steps: readonly Step[],
  { ended }: CallSummary,
  { fail }: CallCommandOptions,
): boolean {
  const failed = steps.filter((step) => step.kind !== 'verb' && step.errorCode !== undefined);
  const isMeant = (step: Step) => step.kind === 'media' && isBroken(step.url, fail);
  return ended === 'application error' || !failed.every(isMeant);
}
