import VoiceResponse, { type SayAttributes } from 'twilio/lib/twiml/VoiceResponse';
import type { Playable, Playback } from '../playback';
import { withOverrides } from '../webhook-url';
import type { DialAction, RecordAction } from './actions';
import { askAgain } from './advance';
import { isOpen } from './is-open';
import type { Prompt } from './prompts';
import { type CallState, mediumQuery, moveTo, stateQuery } from './state';
import { FAREWELL, type Flow, type Question, type Step, stepAt } from './steps';

/** What TwiML needs beyond the flow and the state. */
export interface TwimlContext {
  readonly playback: Playback;
  /** Absolute URL of the webhook that takes answers, without a query. */
  readonly actionUrl: string;
  /** Caller id of a <Dial> for a caller whose own number cannot be shown. */
  readonly substituteCallerId: string | undefined;
  readonly now: Date;
  /** Called with each prompt, in order, and how it reaches the caller. */
  onPrompt(prompt: Prompt, playable: Playable, state: CallState): void;
}

/**
 * Writes the TwiML of a call from its state on, up to where it waits for the caller or ends.
 *
 * Every call ends: a step leads to a later one in the tree of its actions, to a question or to the
 * end; a question waits and is counted, and the flow limits how many questions a call may ask.
 *
 * @throws {RangeError} when a time zone of the flow does not exist
 */
export function twiml(flow: Flow, state: CallState, context: TwimlContext): string {
  const response = new VoiceResponse();
  let here: CallState | undefined = state;
  while (here) here = writeStep({ response, flow, context, state: here });
  return response.toString();
}

/** What the verbs of one step are written with. */
interface Writing {
  readonly response: VoiceResponse;
  readonly flow: Flow;
  readonly context: TwimlContext;
  readonly state: CallState;
}

/** @returns where the call goes on in the same document; undefined at the document's end. */
function writeStep(writing: Writing): CallState | undefined {
  const { response, flow, context, state } = writing;
  const step = stepAt(flow, state.at);
  switch (step.kind) {
    case 'say':
      speak(response, step.prompt, writing);
      return moveTo(state, step.next);
    case 'ask':
      return writeQuestion(step, writing);
    case 'enter':
      return { ...state, at: step.next, attempt: 0 };
    case 'again':
      return writeAgain(step, writing);
    case 'hours':
      return moveTo(state, isOpen(step.hours, context.now) ? step.open : step.closed);
    case 'dial':
      speak(response, step.prompt, writing);
      writeDial(step.dial, writing);
      return undefined;
    case 'record':
      speak(response, step.prompt, writing);
      writeRecord(step.record, writing);
      // An empty message does not reach the action: Twilio goes on with the next verb.
      return moveTo(state, step.silence);
    case 'hangup':
      speak(response, step.prompt, writing);
      response.hangup();
      return undefined;
  }
}

/** https://www.twilio.com/docs/voice/twiml/gather */
function writeQuestion(question: Question, writing: Writing): CallState | undefined {
  const { response, flow, state } = writing;
  if (!mayAsk(flow, state)) return moveTo(state, FAREWELL);
  const { attempt, asked } = state;
  const action = actionUrl(writing, { ...state, attempt: attempt + 1, asked: asked + 1 });
  const gather = response.gather({
    numDigits: question.numDigits,
    timeout: question.menu.timeout,
    action,
    method: 'POST',
    // The keypad only: speech must not end the question.
    input: ['dtmf'],
    finishOnKey: question.menu.finishOnKey,
  });
  speak(gather, question.prompt, writing);
  // Without an answer Twilio goes on with the next verb.
  response.redirect({ method: 'POST' }, action);
  return undefined;
}

/** The prompt introduces the question, so it is written only if the question follows. */
function writeAgain(again: Extract<Step, { kind: 'again' }>, writing: Writing): CallState {
  const { response, flow, state } = writing;
  const next = askAgain(flow, state, again.question);
  if (next.at === again.question && mayAsk(flow, next)) speak(response, again.prompt, writing);
  return next;
}

const mayAsk = ({ questions }: Flow, { asked }: CallState): boolean => asked < questions;

/** https://www.twilio.com/docs/voice/twiml/dial */
function writeDial({ number, callerId, timeout }: DialAction, writing: Writing): void {
  const shown = callerId ?? writing.context.substituteCallerId;
  const dial = writing.response.dial({
    timeout,
    action: actionUrl(writing),
    method: 'POST',
    ...(shown && { callerId: shown }),
  });
  if (number.startsWith('sip')) dial.sip(number);
  else dial.number(number);
}

/** https://www.twilio.com/docs/voice/twiml/record */
function writeRecord({ maxLength, timeout, finishOnKey }: RecordAction, writing: Writing): void {
  const action = actionUrl(writing);
  writing.response.record({ maxLength, timeout, finishOnKey, action, method: 'POST' });
}

function actionUrl({ context, state }: Writing, next: CallState = state): string {
  return withOverrides(`${context.actionUrl}?${stateQuery(next)}`);
}

/** The parts of <Response> and <Gather> that a prompt is written to. */
interface Speaker {
  play(url: string): unknown;
  say(attributes: SayAttributes, text: string): unknown;
}

function speak(speaker: Speaker, prompt: Prompt | undefined, writing: Writing): void {
  if (!prompt) return;
  const { context, state, flow } = writing;
  const playable = playableOf(prompt, context, state);
  context.onPrompt(prompt, playable, state);
  if (playable.via === 'say') speaker.say(speechOf(prompt, flow), prompt.text);
  else speaker.play(mediumUrl(playable.url, state));
}

function playableOf({ key }: Prompt, { playback }: TwimlContext, { level }: CallState): Playable {
  if (key === undefined) return { via: 'say', reason: 'it has no recording' };
  return playback(key, level);
}

function mediumUrl(url: string, state: CallState): string {
  return `${url}${url.includes('?') ? '&' : '?'}${mediumQuery(state)}`;
}

/** The flow's voice speaks the flow's language only. */
function speechOf({ language, voice }: Prompt, { speech }: Flow): SayAttributes {
  const spoken = language ?? speech.language;
  const speaker = voice ?? (spoken === speech.language ? speech.voice : undefined);
  return { ...(spoken && { language: spoken }), ...(speaker && { voice: speaker }) };
}
