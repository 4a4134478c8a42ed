import VoiceResponse, { type SayAttributes } from 'twilio/lib/twiml/VoiceResponse';
import type { Playback } from '../playback';
import { askAgain } from './advance';
import { isOpen } from './hours';
import type { Prompt } from './schema';
import { mediumQuery, moveTo, rungOf, type State, stateQuery } from './state';
import { FAREWELL, type Flow, type Step, stepAt } from './steps';

/** What the flow needs to write TwiML; nothing of it is trusted from the request. */
export interface Line {
  readonly playback: Playback;
  /** Absolute URL of the action of all that waits for the caller, without a query. */
  readonly actionUrl: string;
  /** Shown by a <Dial> where the caller's own number cannot be. */
  readonly substituteCallerId: string | undefined;
  readonly now: Date;
}

/** The parts of <Response> and <Gather> that a prompt is written to. */
interface Voice {
  play(url: string): unknown;
  say(attributes: SayAttributes, text: string): unknown;
}

/**
 * Writes the TwiML of a call from a place on, up to where it waits for the caller or ends.
 *
 * Every call ends: a place leads to a later one in the tree of its actions, to a question or to the
 * end; a question waits, is counted, and the flow limits how many a call may ask.
 *
 * @throws {RangeError} when a time zone of the flow is none
 */
export function twiml(flow: Flow, state: State, line: Line): string {
  const response = new VoiceResponse();
  for (let here: State | undefined = state; here; ) here = perform(response, flow, here, line);
  return response.toString();
}

/** @returns where the call goes on in the same document; undefined at its end. */
function perform(response: VoiceResponse, flow: Flow, state: State, line: Line): State | undefined {
  const step = stepAt(flow, state.at);
  if (step.kind === 'ask') return ask(response, step, flow, state, line);
  if (step.kind === 'again') return again(response, step, flow, state, line);
  if ('prompt' in step && step.prompt) speak(response, step.prompt, flow, state, line);
  switch (step.kind) {
    case 'say':
      return moveTo(state, step.next);
    case 'fresh':
      return { ...state, at: step.next, attempt: 0 };
    case 'hours':
      return moveTo(state, isOpen(step.hours, line.now) ? step.open : step.closed);
    case 'dial':
      return dial(response, step, state, line);
    case 'record':
      return record(response, step, state, line);
    case 'hangup':
      response.hangup();
  }
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** Its prompt leads over to the question, so it is heard only where that follows. */
function again(
  response: VoiceResponse,
  { prompt, question }: StepOf<'again'>,
  flow: Flow,
  state: State,
  line: Line,
): State {
  const next = askAgain(flow, state, question);
  const isAsked = next.at === question && mayAsk(flow, next);
  if (prompt && isAsked) speak(response, prompt, flow, state, line);
  return next;
}

const mayAsk = ({ questions }: Flow, { asked }: State): boolean => asked < questions;

/** https://www.twilio.com/docs/voice/twiml/gather */
function ask(
  response: VoiceResponse,
  step: StepOf<'ask'>,
  flow: Flow,
  state: State,
  line: Line,
): State | undefined {
  if (!mayAsk(flow, state)) return moveTo(state, FAREWELL);
  const action = actionOf({ ...state, attempt: state.attempt + 1, asked: state.asked + 1 }, line);
  const { numDigits, timeout, finishOnKey } = step;
  const gather = response.gather({
    numDigits,
    timeout,
    action,
    method: 'POST',
    // The keypad only: what is said must not end the question.
    input: ['dtmf'],
    finishOnKey,
  });
  speak(gather, step.prompt, flow, state, line);
  // Without an answer Twilio goes on with the next verb.
  response.redirect({ method: 'POST' }, action);
}

/** https://www.twilio.com/docs/voice/twiml/dial */
function dial(
  response: VoiceResponse,
  { number, callerId, timeout }: StepOf<'dial'>,
  state: State,
  line: Line,
): undefined {
  const shown = callerId ?? line.substituteCallerId;
  const verb = response.dial({
    timeout,
    action: actionOf(state, line),
    method: 'POST',
    ...(shown && { callerId: shown }),
  });
  if (number.startsWith('sip')) verb.sip(number);
  else verb.number(number);
}

/** https://www.twilio.com/docs/voice/twiml/record */
function record(
  response: VoiceResponse,
  { maxLength, timeout, finishOnKey, silence }: StepOf<'record'>,
  state: State,
  line: Line,
): State {
  const action = actionOf(state, line);
  response.record({ maxLength, timeout, finishOnKey, action, method: 'POST' });
  // An empty message does not reach the action: Twilio goes on with the next verb.
  return moveTo(state, silence);
}

const actionOf = (state: State, { actionUrl }: Line): string => `${actionUrl}?${stateQuery(state)}`;

function speak(voice: Voice, prompt: Prompt, flow: Flow, state: State, line: Line): void {
  const { key, text } = prompt;
  const playable =
    key === undefined ? ({ rung: 'say' } as const) : line.playback(key, rungOf(flow, state, key));
  if (playable.rung === 'say') voice.say(speechOf(prompt, flow), text);
  else voice.play(withQuery(playable.url, mediumQuery(state)));
}

/** The flow's voice speaks the flow's language only. */
function speechOf({ language, voice }: Prompt, { speech }: Flow): SayAttributes {
  const tongue = language ?? speech.language;
  const speaker = voice ?? (tongue === speech.language ? speech.voice : undefined);
  return { ...(tongue && { language: tongue }), ...(speaker && { voice: speaker }) };
}

const withQuery = (url: string, query: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}${query}`;
