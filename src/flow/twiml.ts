import VoiceResponse, { type SayAttributes } from 'twilio/lib/twiml/VoiceResponse';
import type { Playback } from '../playback';
import type { Menu, Prompt } from './schema';

/** What the flow needs to write TwiML; nothing of it is read from the request. */
export interface Speaker {
  readonly playback: Playback;
  /** Absolute URL of one of our paths, without a query. */
  readonly urlOf: (path: string) => string;
}

/** The parts of <Response> and <Gather> that a prompt is written to. */
interface Voice {
  play(url: string): unknown;
  say(attributes: SayAttributes, text: string): unknown;
}

/** TwiML of a call that has just come in: the greeting, then the first question. */
export function greet(menu: Menu, speaker: Speaker): string {
  const response = new VoiceResponse();
  if (menu.greeting) speak(response, menu.greeting, speaker);
  ask(response, menu, 1, speaker);
  return response.toString();
}

/**
 * TwiML that answers what was pressed at the question asked `attempt` times so far.
 * No digits (silence) asks again; each question counts, so every call ends.
 */
export function answer(
  menu: Menu,
  attempt: number,
  digits: string | undefined,
  speaker: Speaker,
): string {
  const response = new VoiceResponse();
  if (digits !== undefined) {
    const chosen = Object.hasOwn(menu.digits, digits) ? menu.digits[digits] : undefined;
    speak(response, chosen ?? menu.unknown, speaker);
  }
  if (attempt < menu.attempts) {
    ask(response, menu, attempt + 1, speaker);
  } else {
    speak(response, menu.farewell, speaker);
    response.hangup();
  }
  return response.toString();
}

/** TwiML for a caller whom nothing else can be offered. */
export function apologise(): string {
  const response = new VoiceResponse();
  response.say(
    'We are sorry. This line cannot take your call at the moment. Please try again later.',
  );
  response.hangup();
  return response.toString();
}

function ask(response: VoiceResponse, menu: Menu, attempt: number, speaker: Speaker): void {
  const action = `${speaker.urlOf('/menu')}?attempt=${attempt}`;
  const gather = response.gather({
    numDigits: 1,
    timeout: menu.timeout,
    action,
    method: 'POST',
    // The keypad only: what is said must not end the question.
    input: ['dtmf'],
    // Every key is an answer, # too.
    finishOnKey: '',
  });
  speak(gather, menu.prompt, speaker);
  response.redirect({ method: 'POST' }, action);
}

function speak(voice: Voice, { key, text, language }: Prompt, { playback }: Speaker): void {
  const playable = playback(key);
  if (playable.rung === 'say') voice.say({ ...(language && { language }) }, text);
  else voice.play(playable.url);
}
