import {
  type CallEvent,
  type CallOptions,
  type CallSummary,
  call,
  type MediaEvent,
  type PhoneOptions,
} from '../../phone';
import type { CallFlow } from '../../src/call-flow/schema';
import { promptsOf } from '../../src/call-flow/steps';
import { resultOf } from '../../src/result';
import { isAssetPath } from '../../src/sync/asset-path';
import { withOverrides } from '../../src/webhook-url';
import { servedBy } from '../inspector';
import { DOMAIN_NAME, type Rehearsal } from './rehearsal';
import type { StagedProject } from './staged-project';

/** One command of the rehearsal, and a call after it. */
export interface Stage {
  readonly command: 'deploy' | 'sync';
  /** Asset versions that the command uploaded. */
  readonly uploads: number;
  /** Of the live Build's Assets, those that are prompts. */
  readonly prompts: number;
  readonly heard: CallContent;
}

/** What a caller hears. */
export interface CallContent {
  readonly played: readonly MediaEvent[];
  /** The texts that Twilio spoke. */
  readonly spoken: readonly string[];
}

/** The commands of the rehearsal. */
export const STEPS = ['deploy', 'sync', 'deploy', 'sync'] as const;

/**
 * Deploys and syncs, twice each, and calls the number after each command.
 *
 * @param countUploads how many Asset versions were uploaded since the count before
 * @param habits of the Twilio that calls
 */
export async function* deployAndSyncTwice(
  rehearsal: Rehearsal,
  project: StagedProject,
  countUploads: () => number,
  habits: Partial<PhoneOptions>,
): AsyncGenerator<Stage> {
  const commands = {
    deploy: () => project.twilioRun('deploy'),
    sync: () => project.run('sync'),
  };
  for (const command of STEPS) {
    await commands[command]();
    const uploads = countUploads();
    const live = rehearsal.twilio.liveBuild(DOMAIN_NAME);
    const prompts = live?.assets.filter(({ path }) => isAssetPath(path)).length ?? 0;
    yield { command, uploads, prompts, heard: await listenToCall(rehearsal, habits) };
  }
}

/**
 * Whether all went as it should: a deploy takes the prompts out of the Build, a sync brings them
 * back without a second upload, and every call plays the prompts that have a recording and speaks
 * only the others.
 */
export function isAsExpected(stages: readonly Stage[], flow: CallFlow): boolean {
  const [deployed, synced, deployedAgain, syncedAgain, ...more] = stages;
  if (!deployed || !synced || !deployedAgain || !syncedAgain || more.length > 0) return false;
  const texts = textsWithoutRecording(flow);
  const isServedBy = ({ heard: { played, spoken } }: Stage, server: string) =>
    played.length + spoken.length > 0 &&
    played.every((event) => servedBy(event) === server && event.status === 200) &&
    spoken.every((text) => texts.has(text));
  return (
    [deployed, deployedAgain].every((it) => it.prompts === 0 && isServedBy(it, 'proxy')) &&
    [synced, syncedAgain].every((it) => it.prompts > 0 && isServedBy(it, 'Asset')) &&
    synced.uploads === synced.prompts &&
    syncedAgain.uploads === 0
  );
}

function textsWithoutRecording(flow: CallFlow): Set<string> {
  const prompts = [...promptsOf(flow)].map(({ prompt }) => prompt);
  return new Set(prompts.flatMap(({ key, text }) => (key === undefined ? [text.trim()] : [])));
}

export interface CompletedCall {
  readonly events: readonly CallEvent[];
  readonly summary: CallSummary;
}

/** Begins a call of the deployed number, as Twilio would for a caller. */
export function dialRehearsal(
  { accountSid, authToken, internet }: Rehearsal,
  options: Partial<CallOptions> = {},
): AsyncGenerator<CallEvent, CallSummary> {
  return call({
    voiceUrl: withOverrides(`https://${DOMAIN_NAME}/voice`),
    accountSid,
    authToken,
    from: '+819012345678',
    to: '+815012345678',
    append: 'gather',
    send: internet.send,
    ...options,
  });
}

/** Where the account lets the calls of its number lead. */
export function numberUrls({ twilio }: Rehearsal): Pick<CallOptions, 'voiceUrl' | 'fallbackUrl'> {
  const [number] = twilio.state.phoneNumbers.values();
  if (!number?.voiceUrl) throw new Error("calls to the account's number lead nowhere");
  return { voiceUrl: number.voiceUrl, fallbackUrl: number.voiceFallbackUrl };
}

/** Calls the deployed number, to the call's end. */
export async function callRehearsal(
  rehearsal: Rehearsal,
  options: Partial<CallOptions> = {},
): Promise<CompletedCall> {
  const events: CallEvent[] = [];
  const running = dialRehearsal(rehearsal, options);
  const summary = await resultOf(running, (event) => events.push(event));
  return { events, summary };
}

/** Opening hours, then something unknown. */
const DIGITS = ['1', '9'];

/** Calls the deployed number, presses two digits, and returns what the caller hears. */
export async function listenToCall(
  rehearsal: Rehearsal,
  habits: Partial<PhoneOptions>,
): Promise<CallContent> {
  const { events } = await callRehearsal(rehearsal, { digits: DIGITS, ...habits });
  return {
    played: events.filter((event) => event.kind === 'media'),
    spoken: events.flatMap((event) =>
      event.kind === 'verb' && /\bSay$/.test(event.verb) ? [event.text] : [],
    ),
  };
}
