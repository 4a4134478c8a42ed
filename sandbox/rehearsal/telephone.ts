import {
  type CallEvent,
  type CallOptions,
  type CallSummary,
  call,
  type MediaEvent,
  type PhoneOptions,
} from '../../phone';
import { resultOf } from '../../src/result';
import { DOMAIN_NAME, type Rehearsal } from './rehearsal';

/** The number's voice URL. */
export const VOICE_URL = `https://${DOMAIN_NAME}/voice`;

export interface HeardCall {
  readonly steps: readonly CallEvent[];
  readonly summary: CallSummary;
}

/** Calls the deployed number, as Twilio would for a caller, to the call's end. */
export async function callRehearsal(
  { accountSid, authToken, internet }: Rehearsal,
  options: Partial<CallOptions> = {},
): Promise<HeardCall> {
  const steps: CallEvent[] = [];
  const conversation = call({
    voiceUrl: VOICE_URL,
    accountSid,
    authToken,
    from: '+819012345678',
    to: '+815012345678',
    append: 'gather',
    send: internet.send,
    ...options,
  });
  const summary = await resultOf(conversation, (step) => steps.push(step));
  return { steps, summary };
}

/** Opening hours, then something unknown. */
const DIGITS = ['1', '9'];

/** What a caller hears. */
export interface Heard {
  readonly played: readonly MediaEvent[];
  /** The words of what was said. */
  readonly said: readonly string[];
}

export async function listen(rehearsal: Rehearsal, habits: Partial<PhoneOptions>): Promise<Heard> {
  const { steps } = await callRehearsal(rehearsal, { digits: DIGITS, ...habits });
  return {
    played: steps.filter((step) => step.kind === 'media'),
    said: steps.flatMap((step) =>
      step.kind === 'verb' && /\bSay$/.test(step.verb) ? [step.text] : [],
    ),
  };
}
